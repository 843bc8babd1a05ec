import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { judgePlaced, listedOnMachines } from "../../../cli/machines/secret-list";
import { placedSecrets, questionFor } from "../../../cli/machines/secrets";
import { ROOT } from "../../../cli/root";
import { lacking } from "../../constructs/machine-roles/support/programs";
import { withStores } from "../../support/aws-stacks";
import { platformOf } from "../../support/kubernetes";
import { tier } from "../../support/require";

/** Stands in for ssh and for the machine behind it, whose files lie below a folder. */
const SSH = `#!/bin/sh
for command in "$@"; do :; done
case $* in *10.10.1.31*) exec sh -c "$command" ;; esac
cat >/dev/null
echo "ssh: connect to host: Connection timed out" >&2
exit 255
`;
const CANARY = "canary-of-a-secret";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-secrets-test-"));
  for (const [name, text] of Object.entries({ ssh: SSH, sudo: '#!/bin/sh\nshift\nexec "$@"\n' })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function place(path: string, content: string, mode = 0o600): void {
  const file = join(folder, "root/etc/bastide/secrets", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

const variables = () => ({ ...process.env, PATH: `${folder}:${process.env.PATH}`, BASTIDE_ROOT: join(folder, "root") });

function secrets(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = ["--import", "tsx", "cli/bastide.ts", "secrets", "--env", "onprem", ...args];
  const env = { ...variables(), BASTIDE_TODAY: "2026-11-21", BASTIDE_TARGET: "", HOME: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

const rowOf = (stdout: string, path: string) =>
  stdout
    .split("\n")
    .find((line) => line.includes(`/etc/bastide/secrets/${path} `))
    ?.split(/ {2,}/);

test("secrets of machines are listed with the file that each lies in, and the files that need it", () => {
  expect(rowOf(secrets().stdout, "store-root/password")).toEqual([
    "s3-1",
    "/etc/bastide/secrets/store-root/password",
    "password",
    "/etc/default/minio, /etc/bastide/mc/config.json",
  ]);
});

test("a secret in AWS is said to be present, and that nobody looked at its fields", () => {
  const platform = platformOf("aws", withStores);
  const placed = placedSecrets(platform).slice(0, 1);

  expect(listedOnMachines(placed, [{ kind: "there" }])).toContain("  present; its fields were not looked at\n");
});

test("fails with what ssh said where a machine is not reached", () => {
  const platform = platformOf("onprem");
  const placed = placedSecrets(platform).filter(({ machine }) => machine.name === "s3-1");
  const said = "ssh: connect to host 10.10.1.31: Connection timed out";
  const states = placed.map(() => ({ kind: "unknown", said }) as const);

  expect(listedOnMachines(placed, states)).toContain(`  unknown: ${said}\n`);
  expect(judgePlaced(platform, placed, states).map(({ name, message }) => `${name}: ${message}`)).toEqual([
    "Missing: the secrets of s3-1 could not be asked for, see above: check that npm run machines -- plan --env onprem reaches it, or the credentials for AWS",
  ]);
});

/** As a machine has it. */
tier("machines", lacking("stat"))("files of secrets", () => {
  test("secrets of machines are verified by presence, owner and mode, and no value comes back", () => {
    place("s3-tls/tls.crt", CANARY);
    place("s3-tls/tls.key", CANARY, 0o644);
    place("store-root/user", "");

    const { status, stdout, stderr } = secrets("--verify");

    expect(status).toBe(1);
    expect(rowOf(stdout, "s3-tls/tls.crt")?.at(-1)).toBe("present");
    expect(rowOf(stdout, "s3-tls/tls.key")?.at(-1)).toBe("has mode 644, and not 600");
    expect(rowOf(stdout, "store-root/user")?.at(-1)).toBe("is empty");
    expect(rowOf(stdout, "store-root/password")?.at(-1)).toBe("is missing");
    expect(stderr).toContain(
      `  ssh -p 22 bastide@10.10.1.31 "sudo sh -c 'umask 077 && mkdir -p /etc/bastide/secrets/store-root && rm -f /etc/bastide/secrets/store-root/password && cat >/etc/bastide/secrets/store-root/password'" <FILE\n`,
    );
    expect(stdout + stderr).not.toContain(CANARY);
    // The cluster that nobody could ask is told besides.
    expect(stderr).toContain(`there is no ${folder}/.bastide/onprem/kubeconfig to ask the cluster with`);
  });

  test("a machine's question is asked of files that belong to whoever may read them, links followed", () => {
    place("a/b", CANARY, 0o400);
    place("a/c", CANARY, 0o640);
    mkdirSync(join(folder, "root/etc/bastide/secrets/a/folder"));
    const paths = ["a/b", "a/c", "a/folder", "a/none"].map((path) => `/etc/bastide/secrets/${path}`);

    const { stdout } = spawnSync("sh", [], { input: questionFor(paths), env: variables(), encoding: "utf8" });

    expect(stdout.replaceAll("/etc/bastide/secrets/", "")).toBe(
      "a/b is there\na/c has mode 640, and not 600\na/folder is no file\na/none is missing\n",
    );
  });
});
