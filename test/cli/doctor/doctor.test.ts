import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../support/command";

/** The command with a home and programs of the test's own. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-doctor-test-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that only answers: what a real one would print, or how it would fail. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
}

const doctor = (...args: string[]) =>
  command(["doctor", ...args], { HOME: folder, PATH: join(folder, "bin"), CDKTF_OUTDIR: join(folder, "cdktf.out") });

function kubeconfig(environment: string): void {
  mkdirSync(join(folder, ".bastide", environment), { recursive: true });
  writeFileSync(join(folder, ".bastide", environment, "kubeconfig"), "");
}

describe("npm run doctor", () => {
  it("says that nothing is wrong, and ends with 0", async () => {
    kubeconfig("local");
    program("kubectl", "exit 0");
    expect(await doctor("--env", "local")).toEqual({
      status: 0,
      stdout: "checked: state and lock of local-releases, releases of local-releases\nnothing is wrong with local\n",
      stderr: "",
    });
  });

  it("tells what it found and how it is mended, and ends with 1", async () => {
    kubeconfig("local");
    program("kubectl", "echo 'playground s1 helm.sh/release.v1 1 5m start-page pending-install 1'");
    const { status, stdout, stderr } = await doctor("--env", "local");
    expect({ status, stderr }).toEqual({ status: 1, stderr: "1 found in local\n" });
    expect(stdout).toContain(
      `    helm uninstall start-page --namespace playground --kubeconfig ${folder}/.bastide/local/kubeconfig\n`,
    );
  });

  it("fails with 3 on a machine that lacks everything, naming each part and its cure", async () => {
    const { status, stdout, stderr } = await doctor("--env", "aws");
    expect({ status, stderr }).toEqual({ status: 3, stderr: "nothing of aws could be checked: see the cures above\n" });
    expect(stdout).toContain(
      "not checked: state and lock of aws-cloud: terraform is not on the PATH: install Terraform",
    );
    expect(stdout).toContain("not checked: Helm releases in the cluster: there is no kubeconfig");
    expect(stdout).toContain("  cure: write it: npm run kubeconfig -- --env aws");
    expect(stdout).toContain(
      "not checked: resources in AWS, eu-central-1: not every state in this region could be read",
    );
  });

  it("fails with 3 where a part could not be asked, though nothing was found in the others", async () => {
    program("terraform", "exit 0");
    const { status, stdout, stderr } = await doctor("--env", "aws");
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: "not everything of aws could be checked: see the cures above\n",
    });
    expect(stdout).toContain(
      "not checked: resources in AWS, eu-central-1: aws is not on the PATH: install the AWS CLI",
    );
    expect(stdout).toContain("nothing was found in what could be checked of aws; 2 not checked, see above");
  });

  it("prints no entry of a Secret and nothing that a state holds beside addresses", async () => {
    kubeconfig("aws");
    const state = {
      resources: [
        {
          mode: "managed",
          type: "helm_release",
          name: "x",
          instances: [{ attributes: { name: "x", password: "CANARY" } }],
        },
      ],
    };
    program("terraform", `case "$*" in *"state pull"*) echo '${JSON.stringify(state)}';; esac`);
    program("kubectl", "echo 'default s1 helm.sh/release.v1 1 5m x pending-install 1'");
    const { status, stdout, stderr } = await doctor("--env", "aws");
    expect(status).toBe(1);
    expect(stdout).toContain("helm uninstall x --namespace default");
    expect(stdout + stderr).not.toContain("CANARY");
  });

  it("fails with 2 without an environment, or with one that does not exist", async () => {
    expect((await doctor()).status).toBe(2);
    expect(await doctor("--env", "onpremm")).toMatchObject({ status: 2, stderr: expect.stringContaining("onprem") });
  });
});
