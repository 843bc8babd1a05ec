import type { RoleDocument } from "../../../constructs/machine-roles/role-document";
import { Platform } from "../../../platform/platform";
import type { S3StoreService } from "../../../platform/services";
import { changed, type Draft } from "../../support/environments";
import { digests, document, fileOf } from "./support/documents";

const store = (change?: (draft: Draft) => void) => document("s3-1", change);

function commandOf({ commands }: RoleDocument, purpose: string) {
  const found = commands.find((command) => command.purpose === purpose);
  if (found === undefined)
    throw new Error(`no command to ${purpose}, but ${commands.map((one) => one.purpose).join(", ")}`);
  return found;
}

describe("an S3 store", () => {
  test("runs a server that is known byte for byte, and another one only after a restart", () => {
    const { unless, run } = commandOf(store(), "install /usr/local/bin/minio");
    const digest = digests.server;
    expect(unless).toBe(`echo '${digest}  /usr/local/bin/minio' | sha256sum --check --status`);
    expect(run.indexOf("sha256sum --check")).toBeLessThan(run.indexOf("mv -fT"));
    expect(fileOf(store(), "/etc/systemd/system/minio.service")).toContain(`# /usr/local/bin/minio is ${digest}\n`);
  });

  test("is fetched over https where its download has an address", () => {
    const address = "https://dl.example.com/minio";
    const { run } = commandOf(
      store((draft) => (draft.services.store.driver.server.from = address)),
      "install /usr/local/bin/minio",
    );
    expect(run).toContain(`--proto '=https' --output "$new" ${address}`);
  });

  test("holds no value of a secret: the machine puts them in, into files that only root reads", () => {
    const files = store().files.filter(({ secretRefs }) => secretRefs.length > 0);
    expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      "0600 /etc/default/minio",
      "0644 /etc/minio/public.crt",
      "0600 /etc/minio/private.key",
      "0600 /etc/bastide/mc/config.json",
    ]);
    expect(fileOf(store(), "/etc/default/minio")).toContain("MINIO_ROOT_PASSWORD=@{store-root/password}\n");
  });

  test("opens its port to its clients, and serves TLS alone", () => {
    expect(store().ports.filter(({ purpose }) => purpose === "S3")).toMatchObject([{ protocol: "tcp", port: 9000 }]);
    expect(fileOf(store(), "/etc/default/minio")).toContain("--certs-dir=/etc/minio/certs");
  });

  test("keeps data on its data disk, which must be empty or its own", () => {
    const { unless, run } = commandOf(
      store(),
      "make a file system on /dev/disk/by-id/scsi-s3-1-data, which must be empty",
    );
    expect(unless).toContain("= xfs ]");
    expect(run.split("\n")[1]).toBe('[ -z "$(wipefs --noheadings /dev/disk/by-id/scsi-s3-1-data)" ]');
    expect(fileOf(store(), "/etc/systemd/system/srv-s3.mount")).toContain("Where=/srv/s3\n");
    expect(fileOf(store(), "/etc/systemd/system/minio.service")).toContain("RequiresMountsFor=/srv/s3\n");
  });
});

describe("a bucket", () => {
  test("that is locked is made so, for that cannot be done later", () => {
    expect(commandOf(store(), "make the bucket cluster-backups").run).toContain(
      " mb --with-lock store/cluster-backups",
    );
    expect(commandOf(store(), "make the bucket harbor-images").run).toContain(" mb store/harbor-images");
    expect(commandOf(store(), "lock what comes into cluster-backups for 14d").run).toContain(
      "retention set --default GOVERNANCE 14d store/cluster-backups",
    );
  });

  test("keeps earlier versions unless it says otherwise", () => {
    const purposes = store().commands.map(({ purpose }) => purpose);
    expect(purposes).toContain("keep earlier versions in cluster-backups");
    expect(purposes).not.toContain("keep earlier versions in harbor-images");
  });

  test("has rules by whose name one sees their numbers", () => {
    const text = fileOf(
      store((draft) => (draft.services.store.buckets["harbor-images"] = { keep: "90d", keepVersions: "7d" })),
      "/etc/bastide/s3/harbor-images.lifecycle.json",
    );
    expect(JSON.parse(text)).toEqual({
      Rules: [
        {
          ID: "bastide-keep-90d-versions-7d",
          Status: "Enabled",
          Expiration: { Days: 90 },
          NoncurrentVersionExpiration: { NoncurrentDays: 7 },
        },
      ],
    });
  });

  test("is opened by one key, which opens nothing else and no lock", () => {
    const policy = JSON.parse(fileOf(store(), "/etc/bastide/s3/cluster-backups.policy.json"));
    const resources = policy.Statement.flatMap(({ Resource }: { Resource: string[] }) => Resource);
    const actions = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    expect(resources).toEqual(["arn:aws:s3:::cluster-backups", "arn:aws:s3:::cluster-backups/*"]);
    expect(actions.filter((action: string) => /Bypass|\*|PutBucket|DeleteBucket|Policy/.test(action))).toEqual([]);
  });

  test("gives its key to the client on standard input, never as an argument", () => {
    const { run } = commandOf(store(), "give cluster-backups its key");
    expect(run).toMatch(/^printf '%s\\n%s\\n' "\$id" .* \| .* admin user add store$/m);
  });

  test("tells its consumer everything that a client must know", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const spec = changed("onprem", (draft) => (draft.base = { authorities: { acme: pem } }));
    const platform = Platform.of(spec, { ownImages: { "start-page": "0", callhome: "0" } });
    const service = platform.services.all.find((one) => one.kind === "s3-store") as S3StoreService;
    expect(service.buckets[0]?.target).toEqual({
      endpoint: "https://s3-1.corp.acme.example:9000",
      bucket: "cluster-backups",
      region: "us-east-1",
      pathStyle: true,
      ca: pem,
      accessKey: {
        id: { secret: "store-cluster-backups", key: "access-key" },
        secret: { secret: "store-cluster-backups", key: "secret-key" },
      },
    });
  });
});
