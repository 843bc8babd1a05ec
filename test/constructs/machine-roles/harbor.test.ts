import { parse } from "yaml";
import type { RoleDocument } from "../../../constructs/machine-roles/role-document";
import type { Draft } from "../../support/environments";
import { digests, document, fileOf } from "./support/documents";

const harbor = (change?: (draft: Draft) => void) => document("harbor", change);
const configuration = (change?: (draft: Draft) => void) => fileOf(harbor(change), "/etc/harbor/harbor.yml");
const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

function commandOf({ commands }: RoleDocument, purpose: string) {
  const found = commands.find((command) => command.purpose === purpose);
  if (found === undefined) throw new Error(`no command to ${purpose}`);
  return found;
}

describe("harbor.yml", () => {
  test("names host, certificate, data, images, logs and metrics", () => {
    expect(parse(configuration())).toMatchObject({
      hostname: "harbor.corp.acme.example",
      https: { port: 443, certificate: "/etc/harbor/server.crt", private_key: "/etc/harbor/server.key" },
      database: { password: "@{images-database/password}" },
      storage_service: {
        s3: {
          regionendpoint: "https://s3-1.corp.acme.example:9000",
          bucket: "harbor-images",
          accesskey: "@{store-harbor-images/access-key}",
          secretkey: "@{store-harbor-images/secret-key}",
          forcepathstyle: true,
        },
        redirect: { disable: true },
      },
      log: { local: { rotate_count: 10, rotate_size: "20M" } },
      metric: { enabled: true, port: 9090, path: "/metrics" },
      _version: "2.15.0",
    });
  });

  test("has its data's folder as Harbor's own script finds it: alone on a line, without quotes", () => {
    expect(configuration()).toMatch(/^data_volume: \/srv\/harbor$/m);
  });

  test("keeps images on the machine where no bucket is named", () => {
    const { storage_service } = parse(configuration((draft) => (draft.services.images.storage = { kind: "local" })));
    expect(storage_service).toEqual({ filesystem: { maxthreads: 100 }, redirect: { disable: true } });
  });

  test.each([
    ["its name", "pg-1.corp.acme.example"],
    ["its address", "10.10.2.11"],
  ])("is let in by the machine of its database, which it knows by %s", (_, host) => {
    const withDatabase = (draft: Draft) =>
      (draft.services.images.database = {
        ...{ kind: "external", host, name: "harbor_registry", user: "harbor_app", secret: "harbor-db", tls: "require" },
      });
    expect(parse(configuration(withDatabase)).external_database.harbor).toMatchObject({
      host,
      db_name: "harbor_registry",
      username: "harbor_app",
    });
    expect(fileOf(document("pg-1", withDatabase), "/etc/nftables.conf")).toMatch(
      /ip saddr \{ [^}]*\b10\.10\.1\.21\/32[^}]*\} tcp dport 5432 accept/,
    );
  });

  test("reaches a database elsewhere over TLS, and then brings none itself", () => {
    const database = {
      kind: "external",
      host: "pg-1.corp.acme.example",
      name: "harbor",
      user: "harbor",
      secret: "harbor-db",
    };
    const read = parse(configuration((draft) => (draft.services.images.database = database)));
    expect(read.database).toBeUndefined();
    expect(read.external_database.harbor).toMatchObject({
      host: "pg-1.corp.acme.example",
      port: 5432,
      db_name: "harbor",
      username: "harbor",
      password: "@{harbor-db/password}",
      ssl_mode: "verify-full",
    });
  });

  test("is let in by the machine of this environment that its database is on", () => {
    const database = { kind: "external", name: "harbor", user: "harbor", secret: "harbor-db" };
    const portsOf = (machine: string, port: number) =>
      document(
        machine,
        (draft) => (draft.services.images.database = { ...database, host: `${machine}.corp.acme.example`, port }),
      )
        .ports.filter(({ purpose }) => purpose === "PostgreSQL")
        .map((one) => [one.port, one.from.map(String)]);
    expect(portsOf("build-1", 5432)).toEqual([[5432, ["10.10.1.21/32"]]]);
    const nodes = ["21", "22", "23", "31", "32", "33"].map((host) => `10.10.0.${host}/32`);
    expect(portsOf("pg-1", 5432)).toEqual([[5432, [...nodes, "10.10.1.21/32"]]]);
    expect(portsOf("pg-1", 5433)).toEqual([
      [5432, nodes],
      [5433, ["10.10.1.21/32"]],
    ]);
  });

  test("makes every container trust the company's own authorities", () => {
    const trusting = (draft: Draft) => (draft.base = { authorities: { acme: pem } });
    expect(parse(configuration(trusting)).storage_service.ca_bundle).toBe("/etc/harbor/authorities.crt");
    expect(fileOf(harbor(trusting), "/etc/harbor/authorities.crt")).toBe(pem);
  });
});

describe("a Harbor", () => {
  test("holds no value of a secret: the machine puts them in, into files that only root reads", () => {
    const files = harbor().files.filter(({ secretRefs }) => secretRefs.length > 0);
    expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      "0644 /etc/harbor/server.crt",
      "0600 /etc/harbor/server.key",
      "0600 /etc/harbor/harbor.yml",
      "0600 /etc/harbor/core.env",
      "0600 /etc/harbor/registry.json",
      "0600 /etc/harbor/backup.curl",
    ]);
  });

  test("is unpacked from an installer that is known byte for byte", () => {
    const { unless, run } = commandOf(harbor(), "unpack Harbor 2.15.2");
    const digest = digests.installer;
    expect(unless).toBe("[ -e /opt/harbor/0f3e5d7c9b1a/prepare ]");
    expect(run).toContain(`echo "${digest}  /opt/bastide/harbor-offline-installer-v2.15.2.tgz" | sha256sum --check`);
    expect(run.indexOf("sha256sum --check")).toBeLessThan(run.indexOf("tar -xzf"));
  });

  test("is not unpacked on the word of a placeholder, not even by a machine that came with its role", () => {
    const { unless, run } = commandOf(
      harbor((draft) => (draft.services.images.installer.sha256 = "placeholder")),
      "unpack Harbor 2.15.2",
    );
    expect({ unless, run }).toEqual({
      unless: "false",
      run: "echo 'the digest of /opt/bastide/harbor-offline-installer-v2.15.2.tgz is a placeholder: check the file, and write down what sha256sum prints'\nfalse",
    });
  });

  test("lies beside the one before when it is upgraded, and is started from its own folder", () => {
    const newer = harbor((draft) => (draft.services.images.installer.sha256 = "ab".repeat(32)));
    expect(commandOf(newer, "unpack Harbor 2.15.2").run).toContain(
      "mv -T /opt/harbor/abababababab.new /opt/harbor/abababababab",
    );
    expect(fileOf(newer, "/usr/local/sbin/bastide-harbor")).toContain("folder=/opt/harbor/abababababab\n");
  });

  test("has its sign-in beside the compose file of Harbor's installer, which does not know of it", () => {
    expect(parse(fileOf(harbor(), "/etc/harbor/compose.override.yml"))).toEqual({
      services: { core: { env_file: ["/etc/harbor/core.env"] } },
    });
  });

  test("writes a quote of a group's name so that a text between quotes can hold it", () => {
    const text = fileOf(
      harbor((draft) => (draft.services.images.adminGroup = "ada's")),
      "/etc/harbor/core.env",
    );
    const [, json = ""] = /^CONFIG_OVERWRITE_JSON='([^']*)'\n$/.exec(text) ?? [];
    expect(JSON.parse(json).oidc_admin_group).toBe("ada's");
  });

  test("opens its port to its clients, also in the way that Docker's packets take, and closes what Docker publishes besides", () => {
    const rules = fileOf(harbor(), "/etc/nftables.conf");
    expect(rules).toContain("meta l4proto tcp ct original proto-dst 443 accept");
    expect(rules).not.toContain("proto-dst 80 ");
    expect(rules).toContain('oifname { "docker*", "br-*" } drop');
  });

  test("limits what containers write to their logs", () => {
    expect(JSON.parse(fileOf(harbor(), "/etc/docker/daemon.json"))).toMatchObject({
      "log-opts": { "max-size": "10m", "max-file": "3" },
    });
  });

  test("is restarted by its unit when one of its files changes, a rotated certificate too", () => {
    const watches = harbor().units.find(({ name }) => name === "harbor.service")?.watches;
    expect(watches).toEqual(
      expect.arrayContaining(["/etc/harbor/harbor.yml", "/etc/harbor/core.env", "/etc/harbor/server.crt"]),
    );
  });

  test("goes on while Docker is restarted, as its containers do", () => {
    const text = fileOf(harbor(), "/etc/systemd/system/harbor.service");
    expect(text).toMatch(/^Wants=docker\.service /m);
    expect(text).not.toMatch(/^(Requires|BindsTo|PartOf)=/m);
  });

  test("ends its containers and keeps its data when its role is taken away", () => {
    const ends = harbor().uninstall.map(({ run }) => run);
    expect(ends).toContain("docker compose --project-name harbor down");
    expect(ends.join("\n")).not.toMatch(/rm (?!-f \S+\.prom$)|volumes|-v\b/m);
  });
});

describe("its backup", () => {
  test("is made every day, of the database and the keys, and compared with what is there afterwards", () => {
    const text = fileOf(harbor(), "/usr/local/sbin/bastide-harbor-backup");
    expect(text).toContain("pg_dump --username=postgres --format=custom registry");
    expect(text).toContain('tar -C "$folder" -cf "$folder/archive" database secret');
    expect(text).toContain('cmp "$folder/archive" "$folder/again"');
    expect(fileOf(harbor(), "/etc/systemd/system/harbor-backup.timer")).toContain("OnCalendar=*-*-* 02:00:00 UTC");
  });

  test("leaves out a database that is elsewhere, and backed up there", () => {
    const database = {
      kind: "external",
      host: "pg-1.corp.acme.example",
      name: "harbor",
      user: "harbor",
      secret: "harbor-db",
    };
    const text = fileOf(
      harbor((draft) => (draft.services.images.database = database)),
      "/usr/local/sbin/bastide-harbor-backup",
    );
    expect(text).not.toContain("pg_dump");
    expect(text).toContain('"$folder/archive" secret');
  });

  test("is none where a dated waiver says so", () => {
    const waiver = { until: "2099-12-31", reason: "it is tried in a laboratory" };
    const { units } = harbor((draft) => (draft.services.images.backup = { kind: "none", waiver }));
    expect(units.map(({ name }) => name)).not.toContain("harbor-backup.timer");
  });

  test("tells nothing any more where it is taken away", () =>
    expect(
      harbor()
        .uninstall.map(({ run }) => run)
        .filter((run) => run.includes("backup")),
    ).toEqual([
      "systemctl disable --now harbor-backup.timer",
      "rm -f /var/lib/prometheus/node-exporter/bastide_harbor_backup.prom",
    ]));

  test("is tried by the first application, and by those that follow until one succeeded", () => {
    const metric = "/var/lib/prometheus/node-exporter/bastide_harbor_backup.prom";
    const first = commandOf(harbor(), "make the first backup, so that one that cannot work is known at once");
    expect(first).toMatchObject({
      when: "after-units",
      unless: `grep -qs '{backup="harbor",name="images"} [1-9]' ${metric}`,
      run: "/usr/local/sbin/bastide-harbor-backup",
    });
  });

  test("does not start a Harbor that is stopped, for a restoration for instance", () => {
    const text = fileOf(harbor(), "/etc/systemd/system/harbor-backup.service");
    expect(text).toMatch(/^ExecStartPre=\/usr\/bin\/systemctl is-active --quiet harbor\.service$/m);
    expect(text).not.toContain("Requires=");
  });

  test("is made before another version changes the database", () => {
    const text = fileOf(harbor(), "/usr/local/sbin/bastide-harbor");
    expect(text.indexOf("/usr/local/sbin/bastide-harbor-backup\n")).toBeGreaterThan(0);
    expect(text.indexOf("/usr/local/sbin/bastide-harbor-backup\n")).toBeLessThan(text.indexOf("./prepare"));
  });
});
