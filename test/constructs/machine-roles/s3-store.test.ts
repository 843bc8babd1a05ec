import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

/** Does something where the machine would remember what it made. */
function inState<Result>(work: (state: string) => Result): Result {
  const state = mkdtempSync(join(tmpdir(), "bastide-key-"));
  try {
    return work(state);
  } finally {
    rmSync(state, { recursive: true });
  }
}

/** A store with these users, which answers as MinIO's client prints it, and no more from the first command on that begins with `silent`. */
function fakeStore(state: string, users: readonly string[], silent: string): string {
  // As Go writes JSON.
  const escaped = (text: string) =>
    JSON.stringify(text).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const list = users.map((name) => `{"status":"success","accessKey":${escaped(name)},"userStatus":"enabled"}\n`);
  writeFileSync(join(state, "users"), list.join(""));
  return `
rm -f ${state}/silent
client() {
  shift 4
  case "$*" in "${silent}"*) : >${state}/silent ;; esac
  [ ! -e ${state}/silent ] || return 1
  printf '%s\\n' "$*" >>${state}/told
  [ "$*" != "admin user list --json store" ] || cat ${state}/users
}`;
}

/** Runs a command as a machine does; its exit code. */
function shell(state: string, fakes: string): (script: string) => number | null {
  return (script) => {
    const text = `state=${state}; secrets=${state}/secrets\n${fakes}\n${script.replaceAll("/usr/local/bin/mc", "client")}`;
    return spawnSync("sh", ["-euc", text]).status;
  };
}

/** What the store was told and answered. */
function toldIn(state: string): string[] {
  const file = join(state, "told");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
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

  test("may listen on a port that is root's, where it has one, and has no other right of root's", () => {
    const unit = (port: number) =>
      fileOf(
        store((draft) => (draft.services.store.port = port)),
        "/etc/systemd/system/minio.service",
      );
    expect(unit(443).match(/^\w*Capabilit.*$/gm)).toEqual(["AmbientCapabilities=CAP_NET_BIND_SERVICE"]);
    expect(unit(1023)).toContain("CAP_NET_BIND_SERVICE");
    expect(unit(1024)).not.toContain("Capabilit");
  });

  test("keeps data on its data disk, which must be empty or its own", () => {
    const { unless, run } = commandOf(
      store(),
      "make a file system on /dev/disk/by-id/scsi-s3-1-data, which must be empty",
    );
    expect(unless).toContain("= xfs ]");
    expect(run).toContain("mkfs.xfs -q /dev/disk/by-id/scsi-s3-1-data");
    expect(fileOf(store(), "/etc/systemd/system/srv-s3.mount")).toContain("Where=/srv/s3\n");
    expect(fileOf(store(), "/etc/systemd/system/minio.service")).toContain("RequiresMountsFor=/srv/s3\n");
  });
});

describe("a data disk", () => {
  test.each([
    ["is formatted where it is empty", "", 0, 0],
    ["fails, and stays as it is, where something is on it", "0x0 ext4", 0, 1],
    ["fails, and stays as it is, where it cannot be read", "", 1, 1],
  ])("%s", (_title, found, fault, status) => {
    const { run } = commandOf(store(), "make a file system on /dev/disk/by-id/scsi-s3-1-data, which must be empty");
    const fakes = `test() { :; }; wipefs() { printf "%s" "${found}"; return ${fault}; }; format() { echo formatted; }`;
    const script = `${fakes}\n${run.replace("mkfs.xfs", "format")}`;
    const ended = spawnSync("sh", ["-euc", script], { encoding: "utf8" });
    expect(ended).toMatchObject({ status, stdout: status === 0 ? "formatted\n" : "" });
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

  /** Whether nothing is to do where the client, by whatever arguments, answers so. */
  const isDone = (purpose: string, answer: string) => {
    const { unless } = commandOf(store(), purpose);
    const script = `client() { echo '${answer}'; }\n${unless.replace("/usr/local/bin/mc", "client")}`;
    return spawnSync("sh", ["-c", script]).status === 0;
  };

  test("that keeps versions no more is told so, if it did", () => {
    const command = commandOf(store(), "keep no earlier versions in harbor-images");
    expect(command.run).toContain(" version suspend store/harbor-images");
    expect(isDone(command.purpose, '{"status":"success","versioning":{"status":"Enabled"}}')).toBe(false);
    expect(isDone(command.purpose, '{"status":"success","versioning":{"status":""}}')).toBe(true);
  });

  test.each(["keep no earlier versions in harbor-images", "remove nothing from harbor-images any more"])(
    "of which the store says nothing just now is not taken for one with nothing to do: %s",
    (purpose) => {
      const refused = `{"status":"error","error":{"cause":{"message":"connection refused","error":{"Op":"Get"}}}}`;
      expect(isDone(purpose, refused)).toBe(false);
      expect(isDone(purpose, "")).toBe(false);
      expect(isDone(purpose, `{"status":"error","error":{"cause":{"error":{"Code":"NoSuchBucket"}}}}`)).toBe(true);
    },
  );

  test("whose rules are taken out of the environment loses them in the store, which would go on removing", () => {
    const command = commandOf(store(), "remove nothing from harbor-images any more");
    expect(command.run).toContain(" ilm rule remove --all --force store/harbor-images");
    const rules = (id: string) => `{"status":"success","config":{"Rules":[{"ID":"${id}"}]}}`;
    expect(isDone(command.purpose, rules("bastide-keep-60d-versions-all"))).toBe(false);
    expect(isDone(command.purpose, rules("by-hand"))).toBe(true);
    const none = `{"status":"error","error":{"cause":{"error":{"Code":"NoSuchLifecycleConfiguration"}}}}`;
    expect(isDone(command.purpose, none)).toBe(true);
    const purposes = store().commands.map(({ purpose }) => purpose);
    expect(purposes).toContain("remove from cluster-backups what is kept no longer");
    expect(purposes).not.toContain("remove nothing from cluster-backups any more");
  });

  test("has rules by whose name one sees their numbers", () => {
    const text = fileOf(
      store((draft) => (draft.services.store.buckets.scratch = { keep: "90d", keepVersions: "7d" })),
      "/etc/bastide/s3/scratch.lifecycle.json",
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
    expect(run).toMatch(/^printf '%s\\n%s\\n' "\$wanted" .* \| .* admin user add store$/m);
  });

  describe("whose key has another name now", () => {
    /** What a store with these users is told, and what the machine remembers, once each of `silent` had its turn. */
    const given = (former: string | undefined, users: readonly string[], silent: readonly string[] = ["nothing"]) =>
      inState((state) => {
        mkdirSync(join(state, "secrets", "store-harbor-images"), { recursive: true });
        for (const entry of ["access-key", "secret-key"])
          writeFileSync(join(state, "secrets", "store-harbor-images", entry), "mine\n");
        if (former !== undefined) writeFileSync(join(state, "bastide-harbor-images.key"), `${former}\n`);
        const { unless, run } = commandOf(store(), "give harbor-images its key");
        const turns = silent.map((command) => {
          const sh = shell(state, `cp() { :; }; cmp() { :; }; ${fakeStore(state, users, command)}`);
          const status = sh(run);
          const remembered = readFileSync(join(state, "bastide-harbor-images.key"), "utf8").trim().split("\n");
          return { status, remembered, isDone: sh(unless) === 0, told: toldIn(state) };
        });
        return turns.map(({ told, ...turn }) => ({
          ...turn,
          attached: told.includes("admin policy attach store bastide-harbor-images --user mine"),
          removed: told.filter((line) => line.includes(" remove ")),
        }));
      });

    test.each([
      ["no key was given before", undefined, [], []],
      ["it is the one that was given before", "mine", [], []],
      ["another one was given before", "theirs", ["theirs"], ["admin user remove store theirs"]],
      ["the one before has signs that JSON escapes", "t<h&e>irs", ["t<h&e>irs"], ["admin user remove store t<h&e>irs"]],
      [
        "somebody removed the one before, and there are others that begin or end so",
        "their",
        ["theirs", "a-their"],
        [],
      ],
    ])("is closed to the key of before where %s", (_title, former, users, removed) => {
      expect(given(former, ["mine", ...users])).toEqual([
        { status: 0, remembered: ["mine"], isDone: true, attached: true, removed },
      ]);
    });

    test("fails where the store stops answering, remembers the key of before, and is closed to it by the next application", () => {
      const silent = ["admin user list", "admin user remove", "nothing"];
      const forgotten = { status: 1, isDone: false, attached: true, removed: [] };
      expect(given("theirs", ["mine", "theirs"], silent)).toEqual([
        { ...forgotten, remembered: ["theirs", "mine"] },
        { ...forgotten, remembered: ["theirs", "mine", "mine"] },
        { status: 0, remembered: ["mine"], isDone: true, attached: true, removed: ["admin user remove store theirs"] },
      ]);
    });

    test("fails where the store stops answering, and remembers whom it may have made", () => {
      expect(given(undefined, [], ["admin user add"])).toMatchObject([{ status: 1, remembered: ["mine"] }]);
    });
  });

  describe("beside others", () => {
    /** What becomes of an application with these access keys. */
    const judged = (keys: Readonly<Record<"backups" | "images", string>>) =>
      inState((state) => {
        const all = {
          "root/user": "admin",
          "cluster-backups/access-key": keys.backups,
          "harbor-images/access-key": keys.images,
          "harbor-backups/access-key": "third\n",
        };
        for (const [place, key] of Object.entries(all)) {
          mkdirSync(dirname(join(state, `store-${place}`)), { recursive: true });
          writeFileSync(join(state, `store-${place}`), key);
        }
        const { unless, run, when } = commandOf(store(), "let each bucket have an access key of its own");
        const sh = (script: string) => spawnSync("sh", ["-euc", `secrets=${state}\n${script}`], { encoding: "utf8" });
        if (sh(unless).status === 0) return { isFine: true };
        const { status, stdout } = sh(run);
        return { isFine: false, status, stdout, when: when ?? "before-units" };
      });

    test("has an access key of its own", () => {
      expect(judged({ backups: "first\n", images: "second" })).toEqual({ isFine: true });
    });

    test.each([
      [
        "another's",
        { backups: "same\n", images: "same" },
        "store-cluster-backups/access-key store-harbor-images/access-key",
      ],
      [
        "the administrator's",
        { backups: "first", images: "admin\n" },
        "store-root/user store-harbor-images/access-key",
      ],
    ])("fails with %s, before the store is told anything", (_, keys, places) => {
      const stdout = `${places} have one access key: give each a key of its own\n`;
      expect(judged(keys)).toEqual({ isFine: false, status: 1, stdout, when: "before-units" });
    });
  });

  describe("that is described no more", () => {
    /** What the store is told, and what the machine remembers afterwards, once keys of these buckets were given. */
    const closing = (keys: Readonly<Record<string, string>>, silent = "nothing") =>
      inState((state) => {
        for (const [bucket, id] of Object.entries(keys)) {
          writeFileSync(join(state, `bastide-${bucket}.key`), `${id}\n`);
          writeFileSync(join(state, `bastide-${bucket}`), "{}");
        }
        const { unless, run } = commandOf(store(), "close the store to the keys of buckets that are described no more");
        const sh = shell(state, fakeStore(state, ["one", "two", "three", "four"], silent));
        const isDone = sh(unless) === 0;
        const status = sh(run);
        const told = toldIn(state);
        const remembered = readdirSync(state).filter((name) => name.startsWith("bastide-"));
        return { isDone, status, removed: told.filter((line) => line.includes(" remove ")), told, remembered };
      });
    const kept = { "cluster-backups": "one", "harbor-images": "two" };
    const keptFiles = ["bastide-cluster-backups", "bastide-cluster-backups.key", "bastide-harbor-images"];
    const remembered = [...keptFiles, "bastide-harbor-images.key"];

    test("is opened by its key no more", () => {
      expect(closing({ ...kept, logs: "three" })).toMatchObject({
        isDone: false,
        status: 0,
        removed: ["admin user remove store three", "admin policy remove store bastide-logs"],
        remembered,
      });
    });

    test("is opened by none of its keys where an application ended between two of them", () => {
      const { removed } = closing({ ...kept, logs: "three\nfour" });
      const users = ["admin user remove store three", "admin user remove store four"];
      expect(removed).toEqual([...users, "admin policy remove store bastide-logs"]);
    });

    test("is closed although somebody removed its user already", () => {
      const { removed } = closing({ ...kept, logs: "gone" });
      expect(removed).toEqual(["admin policy remove store bastide-logs"]);
    });

    test("is what it was: no command removes a bucket or what is in it", () => {
      const { told } = closing({ ...kept, logs: "three" });
      expect(told.filter((line) => !line.startsWith("admin "))).toEqual([]);
    });

    test.each(["admin user list", "admin user remove", "admin policy remove"])(
      "fails where the store stops answering before %s, and is not forgotten",
      (silent) => {
        const { status, remembered: then } = closing({ logs: "three" }, silent);
        expect(status).not.toBe(0);
        expect(then).toEqual(["bastide-logs", "bastide-logs.key"]);
      },
    );

    test("is looked for only while there is one", () => {
      expect(closing(kept)).toMatchObject({ isDone: true, removed: [], remembered });
    });
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
