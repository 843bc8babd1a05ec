import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshArguments } from "../../../cli/machines/ssh";
import { ROOT } from "../../../cli/root";
import type { ExistingMachine } from "../../../platform/machines";
import { Platform } from "../../../platform/platform";
import { lacking } from "../../constructs/machine-roles/support/programs";
import { changed } from "../../support/environments";
import { tier } from "../../support/require";

/** Stands in for ssh: writes down how it was called and what it was sent, and ends as it is told. */
const SSH = `#!/bin/sh
for address in "$@"; do case $address in 10.*) break ;; esac; done
printf '%s\\n' "$@" >"$FAKE/arguments.$address"
cat >"$FAKE/program.$address"
exit "$(cat "$FAKE/ending.$address" 2>/dev/null || echo 0)"
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-ssh-test-"));
  writeFileSync(join(folder, "ssh"), SSH);
  chmodSync(join(folder, "ssh"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

function machines(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = {
    ...process.env,
    BASTIDE_TODAY: "2026-11-21",
    BASTIDE_TARGET: "",
    PATH: `${folder}:${process.env.PATH}`,
    FAKE: folder,
  };
  const command = ["--import", "tsx", "cli/bastide.ts", "machines", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

function ending(address: string, code: number): void {
  writeFileSync(join(folder, `ending.${address}`), String(code));
}
const asked = (address: string) => existsSync(join(folder, `arguments.${address}`));
const LB1 = "10.10.1.11";
const LB2 = "10.10.1.12";
const pair = ["--env", "onprem", "--machine", "lb-1", "lb-2"];

describe("npm run machines", () => {
  test("sends each machine its own program in one connection", () => {
    expect(machines("apply", ...pair)).toEqual({ status: 0, stdout: "", stderr: "" });

    const program = readFileSync(join(folder, `program.${LB2}`), "utf8");
    expect(program).toContain("\nmachine=lb-2\n");
    expect(program).toContain("file /etc/haproxy/haproxy.cfg");
    expect(readFileSync(join(folder, `program.${LB1}`), "utf8")).toContain("\nmachine=lb-1\n");
    expect(readFileSync(join(folder, `arguments.${LB1}`), "utf8")).toMatch(/sh "\$d\/role" apply'$/m);
  });

  test("stops an application at the first machine that fails, with exit code 1", () => {
    ending(LB1, 1);

    expect(machines("apply", ...pair)).toEqual({
      status: 1,
      stdout: "",
      stderr: "lb-1 could not be brought to its state, see above; not begun: lb-2\n",
    });
    expect(asked(LB2)).toBe(false);
  });

  test("fails with exit code 3 where a machine lacks a secret", () => {
    ending(LB1, 3);

    expect(machines("apply", ...pair)).toMatchObject({
      status: 3,
      stderr: "lb-1 lacks something, see above; not begun: lb-2\n",
    });
  });

  test("fails with exit code 3 where a machine is not reached", () => {
    ending(LB1, 255);

    expect(machines("plan", ...pair)).toMatchObject({
      status: 3,
      stderr:
        "lb-1 could not be worked on, see above\nCheck that ssh reaches it with the user, port and host key that the environment names, and that the user may use sudo -n\n",
    });
    expect(asked(LB2)).toBe(true);
  });

  test("looks for drift on every machine, and ends with exit code 1 where it found some", () => {
    ending(LB1, 1);

    expect(machines("drift", ...pair)).toMatchObject({
      status: 1,
      stderr:
        "lb-1 changed by hand: undo it with npm run machines -- apply --env onprem, or write it into the environment\n",
    });
    expect(asked(LB2)).toBe(true);
  });

  test("fails where the environment is no longer what was planned, and reaches no machine", () => {
    const { status, stderr } = machines(
      "apply",
      "--env",
      "onprem",
      "--machine",
      "gitlab",
      "--planned",
      "0123456789abcdef",
    );

    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "gitlab is described otherwise than when it was planned: plan again, then deploy that\n",
    });
    expect(asked("10.10.2.21")).toBe(false);
  });

  test("fails for a machine that the environment does not have", () => {
    const { status, stderr } = machines("plan", "--env", "onprem", "--machine", "lb-3");

    expect(status).toBe(2);
    expect(stderr).toContain("onprem has no machine lb-3: name one of rke2-1, ");
  });

  test("fails for a machine of AWS, which nobody reaches by SSH", () => {
    expect(machines("plan", "--env", "aws", "--machine", "bastion-1")).toMatchObject({
      status: 2,
      stderr: "bastion-1 is a machine of AWS, which gets its role by user data: deploy aws-cloud\n",
    });
  });
});

describe("a connection", () => {
  const gitlab = (ssh: object): ExistingMachine => {
    const spec = changed("onprem", (draft) => (draft.machines.gitlab.ssh = ssh));
    const platform = Platform.of(spec, { ownImages: { "start-page": "0", callhome: "0" } });
    return platform.machines.all.find(({ name }) => name === "gitlab") as ExistingMachine;
  };

  test("asks nobody anything and believes no unknown host", () => {
    const args = sshArguments(gitlab({}), folder).join(" ");

    expect(args).toContain("-o BatchMode=yes -o StrictHostKeyChecking=yes");
    expect(args).not.toContain("UserKnownHostsFile");
    expect(args).toMatch(/-p 22 -l bastide 10\.10\.2\.21$/);
  });

  test("believes the environment's host key and no other", () => {
    const args = sshArguments(gitlab({ hostKey: "ssh-ed25519 AAAAC3Nz", port: 2222 }), folder);

    expect(readFileSync(join(folder, "known_hosts"), "utf8")).toBe("gitlab ssh-ed25519 AAAAC3Nz\n");
    expect(args).toEqual(
      expect.arrayContaining([
        `UserKnownHostsFile=${folder}/known_hosts`,
        "GlobalKnownHostsFile=/dev/null",
        "HostKeyAlias=gitlab",
        "HostKeyAlgorithms=ssh-ed25519",
        "2222",
      ]),
    );
  });

  test("names the private key by its path", () => {
    const args = sshArguments(gitlab({ keyFile: "/keys/id", user: "root" }), folder);

    expect(args).toEqual(expect.arrayContaining(["IdentitiesOnly=yes", "-i", "/keys/id", "root"]));
  });
});

tier("machines", lacking("mktemp"))("a connection to a Debian machine", () => {
  test("that breaks starts no half program", () => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/sudo"), '#!/bin/sh\nshift\nexec "$@"\n');
    chmodSync(join(folder, "bin/sudo"), 0o755);
    machines("apply", "--env", "onprem", "--machine", "gitlab");
    const command = readFileSync(join(folder, "arguments.10.10.2.21"), "utf8").split("\n10.10.2.21\n")[1]?.trimEnd();
    const program = readFileSync(join(folder, "program.10.10.2.21"), "utf8");

    const { status, stderr } = spawnSync("sh", ["-c", command ?? ""], {
      input: program.slice(0, -100),
      env: { PATH: `${folder}/bin:${process.env.PATH}`, BASTIDE_ROOT: join(folder, "root") },
      encoding: "utf8",
    });

    expect({ status, stderr }).toEqual({ status: 255, stderr: "gitlab: the connection broke\n" });
    expect(existsSync(join(folder, "root"))).toBe(false);
  });
});
