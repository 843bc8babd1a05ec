import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tier } from "../support/require";
import { missing, type Testbed } from "../testbed";
import type { Machine } from "../testbed/machines/machine";
import { withAwsCli } from "./support/aws-cli";
import type { Outcome } from "./support/commands";
import { eventually } from "./support/eventually";
import { fingerprint, settled } from "./support/lab/fingerprint";
import { Lab } from "./support/lab/lab";
import { furnishStore, storeKeys } from "./support/lab/store";
import { type StoreProps, storeEnvironment, storeService } from "./support/lab/store-environment";
import { startOwnTestbed } from "./support/own-testbed";

const lacking = missing(3).filter(({ neededBy }) => neededBy === "testbed");
tier("machines", lacking)("an S3 store by MinIO", () => {
  let testbed: Testbed;
  let lab: Lab;
  let store: Machine;
  let props: StoreProps;
  const keys = storeKeys();
  let aws: (consumer: keyof typeof keys, args: readonly string[], expect?: readonly number[]) => Promise<Outcome>;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 3, cluster: false });
    lab = new Lab(testbed);
    ({ "s3-1": store } = await testbed.machines({ names: ["s3-1"] }));
    props = await furnishStore(lab, store);
    const authority = await lab.authority();
    lab.describe(storeEnvironment(props));
    const work = await withAwsCli(lab.workplace);
    aws = (consumer, args, expect = [0]) => {
      const { "access-key": id, "secret-key": secret } = keys[consumer];
      const credentials = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: "us-east-1" };
      const variables = { ...credentials, AWS_ENDPOINT_URL: "", AWS_CA_BUNDLE: authority.file, AWS_MAX_ATTEMPTS: "1" };
      const command = [
        "env",
        "-u",
        "AWS_PROFILE",
        "aws",
        "--endpoint-url",
        `https://${store.address}:9000`,
        "s3api",
        ...args,
        "--output",
        "json",
      ];
      return work.with(variables).run([...lab.enter, ...command], { expect });
    };
    await lab.run("apply", ["s3-1"]);
  });
  afterAll(() => testbed?.stop());

  const put = async (bucket: keyof typeof keys, name: string, content: string): Promise<string> => {
    const file = join(testbed.folder, "object");
    writeFileSync(file, content);
    const { stdout } = await aws(bucket, ["put-object", "--bucket", bucket, "--key", name, "--body", file]);
    return JSON.parse(stdout).VersionId;
  };
  const get = async (bucket: keyof typeof keys, name: string, ...more: string[]): Promise<string> => {
    const file = join(testbed.folder, "got");
    await aws(bucket, ["get-object", "--bucket", bucket, "--key", name, ...more, file]);
    return readFileSync(file, "utf8");
  };

  it("puts and gets with its consumer's key, over TLS that the laboratory's authority vouches for", async () => {
    await put("images", "layers/one", "some bytes");
    expect(await get("images", "layers/one")).toBe("some bytes");
  });

  it("refuses a consumer another's bucket, to read, to write and to list", async () => {
    await put("backups", "only-mine", "secret");
    const file = join(testbed.folder, "object");
    for (const attempt of [
      ["get-object", "--bucket", "backups", "--key", "only-mine", file],
      ["put-object", "--bucket", "backups", "--key", "only-mine", "--body", file],
      ["list-objects-v2", "--bucket", "backups"],
      ["delete-object", "--bucket", "backups", "--key", "only-mine"],
    ]) {
      expect((await aws("images", attempt, [255])).stderr).toContain("AccessDenied");
    }
    expect(await get("backups", "only-mine")).toBe("secret");
  });

  it("keeps earlier versions", async () => {
    const first = await put("backups", "daily", "monday");
    await put("backups", "daily", "tuesday");
    expect(await get("backups", "daily")).toBe("tuesday");
    expect(await get("backups", "daily", "--version-id", first)).toBe("monday");
  });

  it("lets nobody with a consumer's key delete or unlock what is locked", async () => {
    const version = await put("backups", "locked", "for two weeks");
    const object = ["--bucket", "backups", "--key", "locked", "--version-id", version];
    const { stdout } = await aws("backups", ["get-object-retention", ...object]);
    expect(JSON.parse(stdout).Retention.Mode).toBe("GOVERNANCE");
    const bypass = "--bypass-governance-retention";
    for (const attempt of [
      ["delete-object", ...object],
      ["delete-object", ...object, bypass],
    ]) {
      expect((await aws("backups", attempt, [255])).stderr).toMatch(/AccessDenied|WORM protected/);
    }
    const sooner = ["--retention", '{"Mode":"GOVERNANCE","RetainUntilDate":"2020-01-01T00:00:00Z"}', bypass];
    await expect(aws("backups", ["put-object-retention", ...object, ...sooner])).rejects.toThrow("failed");
    expect(await get("backups", "locked", "--version-id", version)).toBe("for two weeks");
  });

  it("changes nothing when it is applied again", async () => {
    const before = await settled(store);
    expect((await lab.run("apply", ["s3-1"])).stdout).toBe("s3-1: nothing to do\n");
    const own = (all: readonly string[]) => all.filter((line) => !line.startsWith("/srv/s3/"));
    expect(own(await fingerprint(store))).toEqual(own(before));
  });

  it("takes a rotated key, and refuses the old one", async () => {
    await lab.placeSecret(store, "store-images", { ...keys.images, "secret-key": "rotated-canary-of-images" });
    await lab.run("apply", ["s3-1"]);
    const list = ["list-objects-v2", "--bucket", "images"];
    expect((await aws("images", list, [255])).stderr).toContain("SignatureDoesNotMatch");
    keys.images["secret-key"] = "rotated-canary-of-images";
    expect((await aws("images", list)).stdout).toContain("layers/one");
  });

  it("closes a bucket that is taken out of the environment to its key, keeps what is in it, and opens it again", async () => {
    const { images: _, ...others } = storeService(props).buckets;
    lab.describe({ ...storeEnvironment(props), services: { store: { ...storeService(props), buckets: others } } });
    await lab.run("apply", ["s3-1"]);
    const list = ["list-objects-v2", "--bucket", "images"];
    expect((await aws("images", list, [255])).stderr).toContain("InvalidAccessKeyId");
    expect((await lab.run("apply", ["s3-1"])).stdout).toBe("s3-1: nothing to do\n");
    expect(await get("backups", "daily")).toBe("tuesday");
    lab.describe(storeEnvironment(props));
    await lab.run("apply", ["s3-1"]);
    expect(await get("images", "layers/one")).toBe("some bytes");
  });

  it("has everything after a reboot", async () => {
    await store.reboot();
    // Looking tries everything once, and a store that was just started may not know of its keys yet.
    await eventually(async () => expect((await lab.run("plan", ["s3-1"])).stdout).toBe("s3-1: nothing to do\n"));
    expect(await get("backups", "daily")).toBe("tuesday");
  });

  it("shows its secrets to nobody: not in a plan, not in the journal, not to other users", async () => {
    const { stdout } = await lab.run("plan", ["s3-1"]);
    const journal = await store.console("journalctl", "--no-pager", "--output=cat");
    const readable = await store.ssh(
      "cat /etc/default/minio /etc/bastide/mc/config.json /etc/minio/private.key 2>&1 || true",
    );
    for (const told of [stdout, journal, readable]) expect(told).not.toContain("canary");
  });
});
