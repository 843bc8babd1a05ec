import { spawnSync } from "node:child_process";
import type { RoleDocument } from "../../../constructs/machine-roles/role-document";
import { type Draft, examples } from "../../support/environments";
import { ada, bob, document, fileOf, withPeople } from "./support/documents";

const commandOf = ({ commands }: RoleDocument, purpose: string) => {
  const found = commands.find((command) => command.purpose === purpose);
  if (found === undefined) throw new Error(`no command to ${purpose}`);
  return found;
};

/** Runs a condition with answers in the place of the system's. */
function holds(condition: string, answers: Readonly<Record<string, string>>): boolean {
  const fakes = Object.entries(answers).map(([call, answer]) => `"${call}") printf '%s\\n' '${answer}' ;;`);
  const functions = ["getent", "id"].map(
    (name) => `${name}() { case "${name} $*" in ${fakes.join("\n")} *) return 2 ;; esac; }`,
  );
  return spawnSync("sh", ["-c", `${functions.join("\n")}\n${condition}`]).status === 0;
}

describe("people", () => {
  const machine = document("gitlab", withPeople);

  test("sign in with their own keys, which are root's files", () => {
    expect(fileOf(machine, "/etc/ssh/authorized_keys.d/ada")).toBe(`${ada}\n`);
    expect(machine.files.find(({ path }) => path.endsWith("/ada"))).toMatchObject({ owner: "root:root", mode: "0644" });
  });

  test("who stay for a while have keys that end with their last day", () => {
    expect(fileOf(machine, "/etc/ssh/authorized_keys.d/bob")).toBe(`expiry-time="20261231235959Z" ${bob}\n`);
  });

  test("are let in with an account that no password opens", () => {
    expect(commandOf(machine, "let ada in, as an administrator").run).toContain(
      "useradd --create-home --shell /bin/bash --password '*' --comment 'Ada O'\\''Brien' ada",
    );
  });

  test.each<[string, boolean, Record<string, string>]>([
    ["is there", true, { "id -Gn ada": "ada bastide-people bastide-admins", "getent shadow ada": "ada:*:1:0:9:7:::" }],
    ["is missing", false, {}],
    ["is no administrator yet", false, { "id -Gn ada": "ada bastide-people", "getent shadow ada": "ada:*:1:0:9:7:::" }],
    [
      "is locked",
      false,
      { "id -Gn ada": "ada bastide-people bastide-admins", "getent shadow ada": "ada:*:1:0:9:7::1:" },
    ],
  ])("are let in unless one %s", (_title, there, answers) => {
    expect(holds(commandOf(machine, "let ada in, as an administrator").unless, answers)).toBe(there);
  });

  test("who stay for a while are locked from the day after their last", () => {
    // 1 January 2027 is day 20819 of shadow(5).
    expect(commandOf(machine, "let bob in").run).toContain("usermod --expiredate 20819 bob");
  });

  test.each([
    ["nobody else is in the group", "bastide-people:x:999:ada,bob", true],
    ["somebody is in it who is not listed", "bastide-people:x:999:ada,eve,bob", false],
    ["somebody whose name begins like another's", "bastide-people:x:999:ada,bobby", false],
  ])("are locked out when they are no longer listed: %s", (_title, group, done) => {
    const command = commandOf(machine, "lock out whoever is no longer listed");
    expect(holds(command.unless, { "getent group bastide-people": group })).toBe(done);
  });

  test("who leave lose key, name and rights by one edit", () => {
    const without = document("gitlab", (draft) => {
      withPeople(draft);
      delete draft.access.people.ada;
    });

    expect(without.files.map(({ path }) => path)).not.toContain("/etc/ssh/authorized_keys.d/ada");
    expect(fileOf(without, "/etc/ssh/sshd_config.d/10-bastide.conf")).toContain("AllowUsers bob bastide\n");
  });

  test("become root without a password that nobody has, on machines whose administrators they are", () => {
    expect(fileOf(machine, "/etc/sudoers.d/bastide")).toBe("%bastide-admins ALL=(ALL:ALL) NOPASSWD: ALL\n");
  });
});

describe("signing in", () => {
  const settings = (change?: (draft: Draft) => void, name = "gitlab", example?: "aws") =>
    fileOf(document(name, change, example), "/etc/ssh/sshd_config.d/10-bastide.conf");

  test("stays possible for the user that roles are applied with", () => {
    const text = settings((draft) => (draft.machines.gitlab.ssh = { user: "debian" }));
    expect(text).toContain("AllowUsers debian\n");
    expect(text).toMatch(/\nMatch User debian\n {4}AuthorizedKeysFile \.ssh\/authorized_keys\n$/);
  });

  test("as root is possible only where roles are applied as root, and by key", () => {
    expect(settings()).toContain("PermitRootLogin no\n");
    expect(settings((draft) => (draft.machines.gitlab.ssh = { user: "root" }))).toContain(
      "PermitRootLogin prohibit-password\n",
    );
  });

  test("on a machine of AWS is for people alone, and for nobody where none is listed", () => {
    expect(settings(undefined, "bastion-1", "aws")).toContain("AllowUsers nobody\n");
    expect(settings(withPeople, "bastion-1", "aws")).toContain("AllowUsers ada bob\n");
  });

  test("is validated before it takes the place of what works", () => {
    const file = document("gitlab").files.find(({ path }) => path.startsWith("/etc/ssh/sshd_config.d"));
    expect(file?.validate).toContain('/usr/sbin/sshd -t -f "$candidate"');
  });
});

describe("the firewall", () => {
  const rules = (name: string, change?: (draft: Draft) => void) => fileOf(document(name, change), "/etc/nftables.conf");

  test("refuses what is not listed, and exchanges its own table alone", () => {
    const text = rules("gitlab");
    expect(text).toContain("type filter hook input priority filter; policy drop;");
    expect(text.match(/^(table|delete|flush|add).*$/gm)).toEqual([
      "table inet bastide",
      "delete table inet bastide",
      "table inet bastide {",
    ]);
  });

  test("opens exactly the ports of the model", () => {
    const machine = document("lb-1");
    const opened = [...fileOf(machine, "/etc/nftables.conf").matchAll(/(tcp|udp) dport ([\d-]+)/g)].map(
      ([, , port]) => port,
    );
    expect(opened).toEqual(machine.ports.filter(({ port }) => port > 0).map(({ port }) => String(port)));
    expect(opened).toEqual(["22", "9100", "6443", "9345", "80", "443", "8404"]);
  });

  const opened = (text: string, port: string) =>
    text.split("\n").flatMap((line) => (line.includes(` dport ${port} `) ? [line.trim()] : []));

  test("opens the port of a database to the nodes whose workloads use it, once, and to nobody else", () => {
    const text = rules("pg-1", (draft) => {
      draft.databases.other = { ...draft.databases.callhome, database: "other" };
    });
    const nodes = [21, 22, 23, 31, 32, 33].map((last) => `10.10.0.${last}/32`).join(", ");
    expect(opened(text, "5432")).toEqual([`ip saddr { ${nodes} } tcp dport 5432 accept comment "PostgreSQL"`]);
    expect(opened(rules("gitlab"), "5432")).toEqual([]);
  });

  test("opens further ports of what Bastide does not look after: to the environment, or to whom it is said", () => {
    const text = rules("gitlab", (draft) => {
      draft.machines.gitlab.open = {
        web: { port: 443 },
        media: { port: 5000, last: 5010, protocol: "udp", from: ["10.10.3.0/24"] },
        pages: { port: 8443, from: ["0.0.0.0/0"], toEverybody: "customers read their manuals there" },
      };
    });
    expect(opened(text, "443")).toEqual(['ip saddr { 10.10.0.0/22 } tcp dport 443 accept comment "web"']);
    expect(opened(text, "5000-5010")).toEqual(['ip saddr { 10.10.3.0/24 } udp dport 5000-5010 accept comment "media"']);
    expect(opened(text, "8443")).toEqual(['ip saddr { 0.0.0.0/0 } tcp dport 8443 accept comment "pages"']);
  });

  test("opens SSH to those networks from which people may sign in", () => {
    const text = rules("gitlab", (draft) => (draft.base = { signInFrom: ["10.10.3.0/24"] }));
    expect(text).toContain('ip saddr { 10.10.3.0/24 } tcp dport 22 accept comment "SSH"');
  });

  test("lets nodes of a cluster reach each other, and pods everything on their nodes", () => {
    expect(rules("node-1")).toContain('ip saddr { 10.42.0.0/16 } tcp dport 1-65535 accept comment "pods"');
    expect(rules("node-1")).toContain("tcp dport 10250 accept");
    expect(rules("node-1")).not.toContain("dport 2379-2381");
    expect(rules("rke2-1")).toContain('tcp dport 2379-2381 accept comment "etcd"');
  });

  test("holds for what Docker publishes too, by the port that the client asked for", () => {
    const text = rules("harbor", (draft) => (draft.services.images.openTo = ["10.10.0.0/24"]));
    expect(text).toContain(
      'ip saddr { 10.10.0.0/24 } meta l4proto tcp ct original proto-dst 443 accept comment "Harbor, HTTPS"',
    );
    expect(text).toContain('oifname { "docker*", "br-*" } drop');
    expect(rules("gitlab")).not.toContain("forward");
  });
});

describe("upkeep", () => {
  test("asks the company's time servers where it has some", () => {
    const text = fileOf(
      document("gitlab", (draft) => (draft.base = { timeServers: ["time.corp.acme.example"] })),
      "/etc/chrony/chrony.conf",
    );
    expect(text).toMatch(/^server time\.corp\.acme\.example iburst\n(?!pool)/);
    expect(fileOf(document("gitlab"), "/etc/chrony/chrony.conf")).toMatch(/^pool 2\.debian\.pool\.ntp\.org iburst\n/);
  });

  test("restarts one machine after the other, never two at once", () => {
    const startOf = (name: string) =>
      fileOf(document(name), "/etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf").match(/\d\d:\d\d$/m)?.[0];
    // By their names, a quarter of an hour each.
    expect(["build-1", "build-2", "gitlab", "harbor"].map(startOf)).toEqual(["01:00", "01:15", "01:30", "01:45"]);
    const all = Object.keys(examples.onprem.machines ?? {}).map(startOf);
    expect(new Set(all).size).toBe(all.length);
  });

  test("trusts the company's authorities, and asks whether they are trusted already", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    const machine = document("gitlab", (draft) => (draft.base = { authorities: { acme: pem } }));
    expect(fileOf(machine, "/usr/local/share/ca-certificates/bastide-acme.crt")).toBe(`${pem}\n`);
    expect(commandOf(machine, "trust the company's authorities").unless).toContain("bastide-acme.crt");
  });

  test("limits the journal", () => {
    const machine = document("gitlab", (draft) => (draft.base = { journal: "2Gi" }));
    expect(fileOf(machine, "/etc/systemd/journald.conf.d/bastide.conf")).toContain("SystemMaxUse=2147483648\n");
  });
});
