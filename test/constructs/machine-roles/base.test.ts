import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  test.each([
    ["nothing is to be done", "bob bastide-people docker", true],
    ["they may become root by what the machine had before", "bob sudo bastide-people", false],
  ])("who are no administrators are let in so: %s", (_title, groups, done) => {
    const answers = { "id -Gn bob": groups, "getent shadow bob": "bob:*:1:0:9:7::20819:" };
    expect(holds(commandOf(machine, "let bob in").unless, answers)).toBe(done);
  });

  test("who are administrators keep what the machine gave them before", () => {
    const answers = { "id -Gn ada": "ada sudo bastide-people bastide-admins", "getent shadow ada": "ada:*:1:0:9:7:::" };
    expect(holds(commandOf(machine, "let ada in, as an administrator").unless, answers)).toBe(true);
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

  describe("when their rights are taken away", () => {
    /** What the system is told, where it answers so; `gpasswd` fails where another program writes the groups. */
    const told = (
      purpose: string,
      {
        groups,
        gpasswd = 0,
        pkill = 0,
      }: { readonly groups: string; readonly gpasswd?: number; readonly pkill?: number },
    ) => {
      const fakes = `
        id() { [ "$1" = -u ] || echo 'bastide-people ${groups}'; }
        getent() { echo bastide-people:x:999:ada,bob,eve; }
        usermod() { :; }
        gpasswd() { echo "$*"; [ "$1" = --add ] || return ${gpasswd}; }
        pkill() { return ${pkill}; }`;
      const { run } = commandOf(machine, purpose);
      const { status, stdout } = spawnSync("sh", ["-euc", `${fakes}\n${run}`], { encoding: "utf8" });
      return { status, removed: stdout.split("\n").filter((line) => line.startsWith("--delete")) };
    };
    const demoted = "let bob in";
    const left = "lock out whoever is no longer listed";
    const notEve = "--delete eve bastide-people";

    test.each([
      ["one who is no administrator any more", demoted, "bastide-admins", ["--delete bob bastide-admins"]],
      ["one who was by what the machine had before", demoted, "sudo users", ["--delete bob sudo"]],
      ["one who never was", demoted, "bastide-admins-of-old", []],
      ["an administrator who left", left, "bastide-admins", ["--delete eve bastide-admins", notEve]],
      ["somebody else who left", left, "", [notEve]],
    ])("leave the groups: %s", (_title, purpose, groups, removed) => {
      expect(told(purpose, { groups })).toEqual({ status: 0, removed });
    });

    test.each([demoted, left])("fails where the groups cannot be written, and forgets nobody: %s", (purpose) => {
      const { status, removed } = told(purpose, { groups: "bastide-admins", gpasswd: 1 });
      expect(status).toBe(1);
      expect(removed).not.toContain(notEve);
    });

    test.each([
      ["nothing of theirs runs", 1, 0, [notEve]],
      ["fails where their sessions cannot be ended", 3, 1, []],
    ])("they are forgotten only afterwards: %s", (_title, pkill, status, removed) => {
      expect(told(left, { groups: "", pkill })).toEqual({ status, removed });
    });
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

  test("lets in users whom something on the machine needs, where it names them", () => {
    const withGit = (draft: Draft) => {
      withPeople(draft);
      draft.machines.gitlab.ssh = { furtherUsers: ["git"] };
    };
    const text = fileOf(document("gitlab", withGit), "/etc/ssh/sshd_config.d/10-bastide.conf");
    expect(text).toContain("AllowUsers ada bob bastide git\n");
    expect(text).toMatch(/Match User bastide,git\n {4}AuthorizedKeysFile \.ssh\/authorized_keys\n$/);
    const other = fileOf(document("build-1", withGit), "/etc/ssh/sshd_config.d/10-bastide.conf");
    expect(other).toContain("AllowUsers ada bob bastide\n");
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

  test("opens the API server behind a load balancer to those alone who may reach it, where that is said", () => {
    const text = rules("lb-1", (draft) =>
      Object.assign(draft.services.front, { openTo: ["0.0.0.0/0"], apiOpenTo: ["10.10.0.0/22", "10.50.0.0/16"] }),
    );
    expect(opened(text, "443")).toEqual(['ip saddr { 0.0.0.0/0 } tcp dport 443 accept comment "applications, HTTPS"']);
    expect(opened(text, "6443")).toEqual([
      'ip saddr { 10.10.0.0/22, 10.50.0.0/16 } tcp dport 6443 accept comment "API server of the cluster"',
    ]);
  });

  describe("that would shut out whoever applies it", () => {
    const { validate } =
      document("gitlab", (draft) => (draft.base = { signInFrom: ["10.10.3.0/24", "192.168.7.128/25"] })).files.find(
        ({ path }) => path === "/etc/nftables.conf",
      ) ?? {};
    const judgedFrom = (address: string) => {
      const program = `nft() { :; }\nvalidate() {\n${validate}\n}\nvalidate`;
      const env = { PATH: process.env.PATH, candidate: "rules", BASTIDE_APPLIED_FROM: address };
      const { status, stdout } = spawnSync("sh", ["-uc", program], { env, encoding: "utf8" });
      return { status, stdout };
    };

    test.each(["10.10.2.255", "10.10.4.0", "192.168.7.127", "2001:db8::7"])("fails, from %s", (address) => {
      expect(judgedFrom(address)).toEqual({
        status: 1,
        stdout: `it shuts out ${address}, from where this application comes: add its network to base.signInFrom\n`,
      });
    });

    test.each([
      ["their network may sign in", "10.10.3.0"],
      ["their network may sign in", "10.10.3.255"],
      ["another of their networks may", "192.168.7.200"],
      ["they come from the machine itself", "127.0.0.1"],
      ["they come from the machine itself", "::1"],
      ["nobody comes by SSH", ""],
    ])("is taken where %s: %s", (_title, address) => {
      expect(judgedFrom(address)).toEqual({ status: 0, stdout: "" });
    });
  });

  test("lets nodes of a cluster reach each other, and pods everything on their nodes", () => {
    expect(rules("node-1")).toContain('ip saddr { 10.42.0.0/16 } tcp dport 1-65535 accept comment "pods"');
    expect(rules("node-1")).toContain("tcp dport 10250 accept");
    expect(rules("node-1")).not.toContain("dport 2379-2381");
    expect(rules("rke2-1")).toContain('tcp dport 2379-2381 accept comment "etcd"');
  });

  test("opens the pods' network, the kubelet and etcd to the nodes of the cluster, and to nobody else of the environment", () => {
    const nodes = [11, 12, 13, 21, 22, 23, 31, 32, 33].map((last) => `10.10.0.${last}/32`).join(", ");
    const text = rules("rke2-1");
    expect(opened(text, "8472")).toEqual([`ip saddr { ${nodes} } udp dport 8472 accept comment "network of the pods"`]);
    expect(opened(text, "10250")).toEqual([`ip saddr { ${nodes} } tcp dport 10250 accept comment "kubelet"`]);
    expect(opened(text, "2379-2381")).toEqual([`ip saddr { ${nodes} } tcp dport 2379-2381 accept comment "etcd"`]);
    expect(opened(text, "6443")).toEqual(['ip saddr { 10.10.0.0/22 } tcp dport 6443 accept comment "API server"']);
  });

  describe("of a node, where ingress controllers listen,", () => {
    const everybody = (port: number, name: string) => [
      `ip saddr { 10.10.0.0/22 } tcp dport ${port} accept comment "ingress, ${name}"`,
    ];
    const only = (port: number, name: string, further = "") => {
      const accept = `ip saddr { 10.10.1.11/32, 10.10.1.12/32, ${further}10.42.0.0/16 } tcp dport ${port} accept comment "ingress, ${name}"`;
      return [accept, accept, `fib daddr type local tcp dport ${port} tcp flags & (syn | ack) == syn drop`];
    };
    const behind = (change: Draft) => (draft: Draft) => Object.assign(draft.services.front.ingress, change);
    const certificate = { chain: "tls", key: "tls" };

    test.each([
      ["the PROXY protocol", {}],
      ["a header", { mode: "http", certificate }],
    ])("lets in load balancers alone that tell a client's address by %s, on servers, too", (_, change) => {
      for (const node of ["node-1", "stor-1", "rke2-1"]) {
        const text = rules(node, behind(change));
        expect(opened(text, "80")).toEqual(only(80, "HTTP"));
        expect(opened(text, "443")).toEqual(only(443, "HTTPS"));
      }
    });

    test("lets load balancers in from their second network, whose addresses are none of a machine's", () => {
      const text = rules("node-1", behind({ sourceAddresses: ["10.10.3.11", "10.10.3.12"] }));
      const further = "10.10.3.11/32, 10.10.3.12/32, ";
      expect(opened(text, "80")).toEqual(only(80, "HTTP", further));
      expect(opened(text, "443")).toEqual(only(443, "HTTPS", further));
    });

    test("lets everybody of the environment in where no client's address is told", () => {
      const text = rules("node-1", behind({ mode: "tcp", clientAddress: "not-needed" }));
      expect(opened(text, "80")).toEqual(everybody(80, "HTTP"));
      expect(text).not.toContain("prerouting");
    });

    test("lets everybody of the environment in where no load balancer stands before the cluster", () => {
      const text = rules("node-1", behind({ nodes: ["gitlab"] }));
      expect(opened(text, "443")).toEqual(everybody(443, "HTTPS"));
    });

    test("is closed by the ports that the load balancer asks, those of node ports among them", () => {
      const text = rules("node-1", behind({ ports: { http: 8080, https: 30443 } }));
      expect([opened(text, "80"), opened(text, "443")]).toEqual([[], []]);
      expect(opened(text, "8080")).toEqual(only(8080, "HTTP"));
      expect(opened(text, "30443")).toEqual(only(30443, "HTTPS"));
    });
  });

  test("holds for what Docker publishes too, by the port that the client asked for", () => {
    const text = rules("harbor", (draft) => (draft.services.images.openTo = ["10.10.0.0/24"]));
    expect(text).toContain(
      'ip saddr { 10.10.0.0/24 } meta l4proto tcp ct original proto-dst 443 accept comment "Harbor, HTTPS"',
    );
    expect(text).toContain('oifname { "docker*", "br-*" } drop');
  });

  test("holds for what Docker publishes on a machine of any role, further ports and a database's among them", () => {
    const open = { web: { port: 443 }, media: { port: 5000, last: 5010, protocol: "udp", from: ["10.10.3.0/24"] } };
    const passedOn = (text: string) => text.split("\n").filter((line) => line.includes("ct original"));
    expect(passedOn(rules("gitlab", (draft) => (draft.machines.gitlab.open = open)))).toEqual([
      '\t\tip saddr { 10.10.0.0/22 } meta l4proto tcp ct original proto-dst 443 accept comment "web"',
      '\t\tip saddr { 10.10.3.0/24 } meta l4proto udp ct original proto-dst 5000-5010 accept comment "media"',
    ]);
    expect(passedOn(rules("pg-1")).join()).toContain('ct original proto-dst 5432 accept comment "PostgreSQL"');
    expect(passedOn(rules("build-1"))).toEqual([]);
    for (const name of ["gitlab", "pg-1", "build-1", "lb-1"])
      expect(rules(name)).toContain('oifname { "docker*", "br-*" } drop');
  });

  test("leaves what a node of a cluster passes on to the cluster", () => {
    for (const name of ["node-1", "rke2-1"]) expect(rules(name)).not.toContain("hook forward");
  });
});

describe("upkeep", () => {
  test("asks the company's time servers where it has some", () => {
    const text = fileOf(
      document("gitlab", (draft) => (draft.base = { timeServers: ["time.corp.acme.example", "10.10.0.1"] })),
      "/etc/chrony/chrony.conf",
    );
    expect(text).toMatch(/^server time\.corp\.acme\.example iburst\nserver 10\.10\.0\.1 iburst\n(?!pool)/);
    expect(fileOf(document("gitlab"), "/etc/chrony/chrony.conf")).toMatch(/^pool 2\.debian\.pool\.ntp\.org iburst\n/);
  });

  test("makes up for no start that was missed: after a loss of power all machines would, at once", () => {
    const timer = fileOf(document("gitlab"), "/etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf");
    expect(timer).toContain("\nPersistent=false\n");
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

  test.each([
    ["is in the system's bundle", "MIIBsame\nold", true],
    ["was renewed under its old serial number, and begins like the one before", "MIIBsame\nnew", false],
  ])("knows whether an authority %s", (_title, body, trusted) => {
    const pemOf = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
    const machine = document("gitlab", (draft) => (draft.base = { authorities: { acme: pemOf(body) } }));
    const folder = mkdtempSync(join(tmpdir(), "bastide-trust-"));
    try {
      const file = "/usr/local/share/ca-certificates/bastide-acme.crt";
      writeFileSync(join(folder, "bundle"), pemOf("other") + pemOf("MIIBsame\nold"));
      writeFileSync(join(folder, "acme"), fileOf(machine, file));
      const condition = commandOf(machine, "trust the company's authorities")
        .unless.replaceAll("/etc/ssl/certs/ca-certificates.crt", join(folder, "bundle"))
        .replaceAll(file, join(folder, "acme"))
        .replaceAll("/etc/ssl/certs", folder);
      expect(spawnSync("sh", ["-c", condition]).status === 0).toBe(trusted);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("limits the journal", () => {
    const machine = document("gitlab", (draft) => (draft.base = { journal: "2Gi" }));
    expect(fileOf(machine, "/etc/systemd/journald.conf.d/bastide.conf")).toContain("SystemMaxUse=2147483648\n");
  });
});
