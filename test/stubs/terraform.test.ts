import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../cli/root";

const SCRIPT = join(ROOT, "stubs/terraform/terraform.sh");

describe("the terraform that npx finds", () => {
  let folder: string;
  let ours: string;
  let theirs: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-terraform-"));
    [ours, theirs] = [join(folder, "node_modules", ".bin"), join(folder, "bin")];
    for (const bin of [ours, theirs]) mkdirSync(bin, { recursive: true });
    symlinkSync(SCRIPT, join(ours, "terraform"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function real(script: string, bin = theirs): void {
    writeFileSync(join(bin, "terraform"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, "terraform"), 0o755);
  }

  const run = (path: readonly string[], env: NodeJS.ProcessEnv = {}, ...args: string[]) =>
    spawnSync(join(ours, "terraform"), args, {
      env: { ...env, PATH: [...path, "/usr/bin", "/bin"].join(":") },
      encoding: "utf8",
    });

  it("is where npx looks first", () => {
    expect(existsSync(join(ROOT, "node_modules/.bin/terraform"))).toBe(true);
  });

  it("hands everything on to the one on the PATH, and its exit code back", () => {
    real('printf "<%s>" "$@"; exit 3');
    const { status, stdout } = run([ours, theirs], {}, "apply", "-var=a b", "");
    expect({ status, stdout }).toEqual({ status: 3, stdout: "<apply><-var=a b><>" });
  });

  it("finds the real one behind every copy of itself", () => {
    const other = join(folder, "other");
    mkdirSync(other);
    symlinkSync(SCRIPT, join(other, "terraform"));
    real("echo real");
    expect(run([ours, other, ours, theirs]).stdout).toBe("real\n");
  });

  it("fails with the cure when there is no other", () => {
    const { status, stderr } = spawnSync(join(ours, "terraform"), [], { env: { PATH: ours }, encoding: "utf8" });
    expect({ status, stderr }).toEqual({
      status: 127,
      stderr:
        "terraform is not on the PATH: install Terraform 1.11 or newer, or name OpenTofu 1.10 or newer in TERRAFORM_BINARY_NAME\n",
    });
  });

  it("lets a deploy wait for the lock, for as long as the user says", () => {
    real('echo "$TF_CLI_ARGS_apply $TF_CLI_ARGS_destroy"');
    expect(run([ours, theirs]).stdout).toBe("-lock-timeout=6m -lock-timeout=6m\n");
    expect(run([ours, theirs], { TF_CLI_ARGS_apply: "-lock-timeout=0s" }).stdout).toBe(
      "-lock-timeout=0s -lock-timeout=6m\n",
    );
    expect(run([ours, theirs], { TF_CLI_ARGS_apply: "", TF_CLI_ARGS_destroy: "" }).stdout).toBe(" \n");
  });

  it("survives that its terminal is gone, and still hears Ctrl-C", async () => {
    real("trap 'echo interrupted; exit 0' INT; echo ready; while :; do sleep 0.05; done");
    const child = spawn(join(ours, "terraform"), [], { env: { PATH: `${ours}:${theirs}:/usr/bin:/bin` } });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said === "ready\n") {
        child.kill("SIGHUP");
        child.kill("SIGINT");
      }
    });
    await once(child, "close");
    expect({ said, code: child.exitCode }).toEqual({ said: "ready\ninterrupted\n", code: 0 });
  });
});
