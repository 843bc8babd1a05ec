import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sshArguments, sshCommand } from "../../../cli/machines/ssh";
import { ROOT } from "../../../cli/root";
import type { ExistingMachine } from "../../../platform/machines";
import { Platform } from "../../../platform/platform";
import { lacking } from "../../constructs/machine-roles/support/programs";
import { command, type Ended } from "../../support/command";
import { changed } from "../../support/environments";
import { tier } from "../../support/require";

/** Stands in for ssh: writes down how and when it was called and what it was sent, takes its time, and ends when and as it is told. */
const SSH = `#!/bin/sh
for address in "$@"; do case $address in 10.*) break ;; esac; done
printf '%s\\n' "$@" >"$FAKE/arguments.$address"
cat >"$FAKE/program.$address"
trap 'kill $!; exit 143' TERM
echo "begins $address" >>"$FAKE/log"
echo "$$" >>"$FAKE/pids"
while [ -e "$FAKE/held" ]; do sleep 0.2; done
sleep "$(cat "$FAKE/slow" 2>/dev/null || echo 0)" &
wait $!
cat "$FAKE/said.$address" 2>/dev/null
echo "ends $address" >>"$FAKE/log"
exit "$(cat "$FAKE/ending.$address" 2>/dev/null || echo 0)"
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-ssh-test-"));
  writeFileSync(join(folder, "ssh"), SSH);
  chmodSync(join(folder, "ssh"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const variables = () => ({
  BASTIDE_TODAY: "2026-11-21",
  PATH: `${folder}:${process.env.PATH}`,
  HOME: folder,
  TMPDIR: folder,
  FAKE: folder,
});

async function machines(...args: string[]): Promise<Ended> {
  const ended = await command(["machines", ...args], variables());
  // How long it took is nobody's expectation.
  return { ...ended, stdout: ended.stdout.replaceAll(/ +\d+\.\d s$/gm, "") };
}

function ending(address: string, code: number): void {
  writeFileSync(join(folder, `ending.${address}`), String(code));
}
function said(address: string, text: string): void {
  writeFileSync(join(folder, `said.${address}`), text);
}
/** When each machine's ssh began and ended. */
const log = () => readFileSync(join(folder, "log"), "utf8").trimEnd().split("\n");
/** Runs it while no connection ends before this is true of those that have begun; where it never is, within a minute. */
async function heldUntil(begun: (lines: readonly string[]) => boolean, ...args: string[]): Promise<Ended> {
  writeFileSync(join(folder, "held"), "");
  const ended = machines(...args);
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50))
    if (existsSync(join(folder, "log")) && begun(log())) break;
  rmSync(join(folder, "held"));
  return ended;
}
const asked = (address: string) => existsSync(join(folder, `arguments.${address}`));
const LB1 = "10.10.1.11";
const LB2 = "10.10.1.12";
const pair = ["--env", "onprem", "--machine", "lb-1", "lb-2"];

describe("npm run machines", () => {
  test("sends each machine its own program in one connection", async () => {
    expect(await machines("apply", ...pair)).toMatchObject({ status: 0, stderr: "" });

    const program = readFileSync(join(folder, `program.${LB2}`), "utf8");
    expect(program).toContain("\nmachine=lb-2\n");
    expect(program).toContain("file /etc/haproxy/haproxy.cfg");
    expect(readFileSync(join(folder, `program.${LB1}`), "utf8")).toContain("\nmachine=lb-1\n");
    expect(readFileSync(join(folder, `arguments.${LB1}`), "utf8")).toMatch(
      /BASTIDE_APPLIED_FROM="\$\{1%% \*\}" sh "\$d\/role" apply' sh "\$SSH_CONNECTION"$/m,
    );
  });

  test("fails to apply what nobody has checked yet, before any machine is touched", async () => {
    const { status, stderr } = await machines("apply", "--env", "onprem", "--machine", "harbor");
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `nothing is applied to harbor:
  the digest of /opt/bastide/harbor-offline-installer-v2.15.2.tgz is a placeholder: check the file, and write down what sha256sum prints
  the digest of /opt/bastide/docker-compose is a placeholder: check the file, and write down what sha256sum prints
`,
    });
    expect(asked("10.10.1.21")).toBe(false);
  });

  test("plans what nobody has checked yet", async () => {
    expect(await machines("plan", "--env", "onprem", "--machine", "harbor")).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(join(folder, "program.10.10.1.21"), "utf8")).toContain("/etc/harbor/harbor.yml");
  });

  test("stops an application at the first machine that fails, with exit code 1", async () => {
    ending(LB1, 1);

    expect(await machines("apply", ...pair)).toMatchObject({
      status: 1,
      stderr: "lb-1 could not be brought to its state, see above; not begun: lb-2\n",
    });
    expect(asked(LB2)).toBe(false);
  });

  test("fails with exit code 3 where a machine lacks a secret", async () => {
    ending(LB1, 3);

    expect(await machines("apply", ...pair)).toMatchObject({
      status: 3,
      stderr: "lb-1 lacks something, see above; not begun: lb-2\n",
    });
  });

  test("fails with exit code 3 where a machine is not reached", async () => {
    ending(LB1, 255);

    expect(await machines("plan", ...pair)).toMatchObject({
      status: 3,
      stderr:
        "lb-1 could not be worked on, see above\nCheck that ssh reaches it with the user, port and host key that the environment names, and that the user may use sudo -n\n",
    });
    expect(asked(LB2)).toBe(true);
  });

  test("looks for drift on every machine, and ends with exit code 1 where it found some", async () => {
    ending(LB1, 1);

    expect(await machines("drift", ...pair)).toMatchObject({
      status: 1,
      stderr:
        "lb-1 changed by hand: undo it with npm run machines -- apply --env onprem, or write it into the environment\n",
    });
    expect(asked(LB2)).toBe(true);
  });

  test("fails where the environment is no longer what was planned, and reaches no machine", async () => {
    const { status, stderr } = await machines(
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

  test("fails for a machine that the environment does not have", async () => {
    const { status, stderr } = await machines("plan", "--env", "onprem", "--machine", "lb-3");

    expect(status).toBe(2);
    expect(stderr).toContain("onprem has no machine lb-3: name one of rke2-1, ");
  });

  test("fails for a machine of AWS, which nobody reaches by SSH", async () => {
    expect(await machines("plan", "--env", "aws", "--machine", "bastion-1")).toMatchObject({
      status: 2,
      stderr: "bastion-1 is a machine of AWS, which gets its role from Systems Manager: deploy aws-cloud\n",
    });
  });
});

describe("many machines", () => {
  test("are summed up at the end, each in the words of its own program", async () => {
    said(LB1, "lb-1: file /etc/haproxy/haproxy.cfg: changed\nlb-1: 1 to change, 0 of them changed by hand\n");
    said(LB2, "lb-2: nothing to do\n");
    ending("10.10.2.21", 255);

    const { stdout } = await machines("plan", ...pair, "gitlab");

    expect(stdout.split("\n\n")[1]).toBe(`machine  role     result                                  time
lb-1     haproxy  1 to change, 0 of them changed by hand
lb-2     haproxy  nothing to do
gitlab   plain    not reached
`);
  });

  test("are asked at once: those that are not reached cost the time of one", async () => {
    expect((await heldUntil((lines) => lines.length >= 18, "plan", "--env", "onprem")).status).toBe(0);

    const first = log().indexOf(log().find((line) => line.startsWith("ends")) ?? "");
    expect({ begun: first, ended: log().length - first }).toEqual({ begun: 18, ended: 18 });
  });

  test("say what they say whole, however many are asked", async () => {
    writeFileSync(join(folder, "slow"), "0.2");
    const report = (name: string) => Array.from({ length: 50 }, (_, line) => `${name}: line ${line}\n`).join("");
    said(LB1, report("lb-1"));
    said(LB2, report("lb-2"));

    const { stdout } = await machines("drift", ...pair);

    expect(stdout).toContain(report("lb-1"));
    expect(stdout).toContain(report("lb-2"));
  });

  test("are changed one after the other where they stand in for each other, and at once where not", async () => {
    await heldUntil((lines) => lines.length >= 2, "apply", ...pair, "gitlab");

    const order = log();
    expect(order.filter((line) => !line.endsWith("10.10.2.21"))).toEqual([
      `begins ${LB1}`,
      `ends ${LB1}`,
      `begins ${LB2}`,
      `ends ${LB2}`,
    ]);
    expect(order.indexOf("begins 10.10.2.21")).toBeLessThan(order.indexOf(`ends ${LB1}`));
  });

  test("are left alone by Ctrl-C: connections end, no further machine is begun, nothing stays behind", async () => {
    writeFileSync(join(folder, "slow"), "60");
    const args = ["--import", "tsx", "cli/bastide.ts", "machines", "apply", ...pair];
    const child = spawn(process.execPath, args, { cwd: ROOT, env: variables(), stdio: "pipe" });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (!existsSync(join(folder, "pids"))) await sleep(50);

    child.kill("SIGINT");

    expect(await ended).toBe(130);
    expect(stderr).toBe("interrupted: lb-1; not begun: lb-2\nWhat is not done yet is done by the next application\n");
    expect(log()).toEqual([`begins ${LB1}`]);
    const pid = Number(readFileSync(join(folder, "pids"), "utf8"));
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(readdirSync(folder).filter((name) => name.startsWith("bastide-ssh-"))).toEqual([]);
  });
});

function gitlab(ssh: object): ExistingMachine {
  const spec = changed("onprem", (draft) => (draft.machines.gitlab.ssh = ssh));
  const platform = Platform.of(spec, { ownImages: { "start-page": "0", callhome: "0" } });
  return platform.machines.all.find(({ name }) => name === "gitlab") as ExistingMachine;
}

describe("a connection", () => {
  test("asks nobody anything and believes no unknown host", () => {
    const args = sshArguments(gitlab({}), folder).join(" ");

    expect(args).toContain("-o BatchMode=yes -o StrictHostKeyChecking=yes");
    expect(args).not.toContain("UserKnownHostsFile");
    expect(args).toMatch(/-p 22 -l bastide 10\.10\.2\.21$/);
  });

  test("believes the environment's host key and no other", () => {
    const args = sshArguments(gitlab({ hostKey: "ssh-ed25519 AAAAC3Nz", port: 2022 }), folder);

    expect(readFileSync(join(folder, "known_hosts"), "utf8")).toBe("gitlab ssh-ed25519 AAAAC3Nz\n");
    expect(args).toEqual(
      expect.arrayContaining([
        `UserKnownHostsFile=${folder}/known_hosts`,
        "GlobalKnownHostsFile=/dev/null",
        "HostKeyAlias=gitlab",
        "HostKeyAlgorithms=ssh-ed25519",
        "2022",
      ]),
    );
  });

  test("names the private key by its path", () => {
    const args = sshArguments(gitlab({ keyFile: "/keys/id", user: "root" }), folder);

    expect(args).toEqual(expect.arrayContaining(["IdentitiesOnly=yes", "-i", "/keys/id", "root"]));
  });
});

describe("a connection that somebody types", () => {
  const typed = (ssh: object) => sshCommand(gitlab(ssh));

  test("is ssh with the machine's user and port", () =>
    expect(typed({ user: "ops", port: 2022 })).toBe("ssh -p 2022 ops@10.10.2.21"));

  tier("machines", lacking("ssh"))("with the key and the host key of the environment", () => {
    test("is read by ssh as the same that a program of ours makes", () => {
      const keyFile = join(folder, "id");
      writeFileSync(keyFile, "");
      const command = typed({ hostKey: "ssh-ed25519 AAAAC3Nz/+=", keyFile, port: 2022 });

      const { stdout } = spawnSync("sh", ["-c", `${command} -G`], { encoding: "utf8" });

      expect(stdout.split("\n")).toEqual(
        expect.arrayContaining([
          "hostname 10.10.2.21",
          "port 2022",
          `identityfile ${keyFile}`,
          "identitiesonly yes",
          "stricthostkeychecking true",
          "userknownhostsfile /dev/null",
          "globalknownhostsfile /dev/null",
          "hostkeyalias gitlab",
          "hostkeyalgorithms ssh-ed25519",
          "knownhostscommand /bin/echo gitlab ssh-ed25519 AAAAC3Nz/+=",
        ]),
      );
    });
  });
});

tier("machines", lacking("mktemp"))("a connection to a Debian machine", () => {
  let command: string;
  let program: string;
  beforeEach(async () => {
    mkdirSync(join(folder, "bin"));
    // As the real one, it keeps no variable that sshd made.
    writeFileSync(join(folder, "bin/sudo"), '#!/bin/sh\nshift\nunset SSH_CONNECTION\nexec "$@"\n');
    chmodSync(join(folder, "bin/sudo"), 0o755);
    await machines("apply", "--env", "onprem", "--machine", "gitlab");
    command = readFileSync(join(folder, "arguments.10.10.2.21"), "utf8").split("\n10.10.2.21\n")[1]?.trimEnd() ?? "";
    program = readFileSync(join(folder, "program.10.10.2.21"), "utf8");
  });

  const connected = (remote: string, input: string) => {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", remote], {
      input,
      env: {
        PATH: `${folder}/bin:${process.env.PATH}`,
        BASTIDE_ROOT: join(folder, "root"),
        SSH_CONNECTION: "10.10.3.7 50022 10.10.2.21 22",
      },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  test("that breaks starts no half program", () => {
    const { status, stderr } = connected(command, program.slice(0, -100));
    expect({ status, stderr }).toEqual({ status: 255, stderr: "gitlab: the connection broke\n" });
    expect(existsSync(join(folder, "root"))).toBe(false);
  });

  test("fails as one that nobody can work with where sudo asks for a password: nothing was found", () => {
    writeFileSync(join(folder, "bin/sudo"), "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n");
    expect(connected(command, program)).toEqual({ status: 255, stdout: "", stderr: "sudo: a password is required\n" });
  });

  test("tells the program from where it is applied", () => {
    const told = 'echo "$1 from $BASTIDE_APPLIED_FROM"\n';
    expect(connected(command.replace(/-eq \d+/, `-eq ${told.length}`), told)).toEqual({
      status: 0,
      stdout: "apply from 10.10.3.7\n",
      stderr: "",
    });
  });
});
