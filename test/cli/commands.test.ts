import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { ROOT } from "../../cli/root";
import { command } from "../support/command";

/**
 * Commands as a user runs them, with a home, environments and programs of the test's own. They run in the test's process, but for
 * the few at the top that show that the process itself does what it should.
 */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-cli-"));
  mkdirSync(join(folder, "bin"));
  cpSync(join(ROOT, "environments"), join(folder, "environments"), { recursive: true });
  const specification = join(ROOT, "platform/environment-spec");
  for (const name of ["aws", "local", "onprem"]) {
    const file = join(folder, "environments", `${name}.ts`);
    writeFileSync(file, readFileSync(file, "utf8").replace("../platform/environment-spec", specification));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that only answers: what a real one would print, or how it would fail. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
}

const variables = () => ({
  HOME: folder,
  PATH: join(folder, "bin"),
  BASTIDE_ENVIRONMENTS: join(folder, "environments"),
  CDKTF_OUTDIR: join(folder, "cdktf.out"),
  CDK8S_OUTDIR: join(folder, "dist"),
});
const bastide = (...args: string[]) => bastideWith({}, ...args);
const bastideWith = (more: Record<string, string>, ...args: string[]) => command(args, { ...variables(), ...more });

describe("as a process", () => {
  function started(...args: string[]) {
    const env = { ...variables(), NODE_OPTIONS: "" };
    const all = ["--import", "tsx", "cli/bastide.ts", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd: ROOT, env, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  test("synth makes what is asked for and tells it in one table", () => {
    const { status, stdout, stderr } = started("synth", "--env", "local");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^environment {2}stacks {2}resources {2}releases {2}objects {2}warnings\nlocal +1 +\d+ +\d+ +\d+ +0\n/,
    );
    expect(existsSync(join(folder, "cdktf.out/stacks/local-releases/cdk.tf.json"))).toBe(true);
    expect(existsSync(join(folder, "cdktf.out/stacks/aws-releases"))).toBe(false);
  });

  test("fails for an option that does not exist with exit code 2", () =>
    expect(started("synth", "--evn", "local").status).toBe(2));
});

describe("charts:pull", () => {
  const archives = () => join(folder, "archives");
  const lock = () => join(folder, "charts.lock.json");

  test("fails for a chart that is not in the catalogue, as wrong usage", async () => {
    const { status, stderr } = await bastide("charts:pull", "--to", archives(), "--record", "rook");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^--record names rook, which is no chart of the catalogue: use rook-ceph, /);
  });

  test("fails where charts were never recorded, each told with the cure, before anything is downloaded", async () => {
    const { status, stdout, stderr } = await bastide("charts:pull", "--to", archives(), "--lock", lock(), "--quiet");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^\d+ of \d+ charts were not pulled\n {2}rook-ceph v[\d.]+: the lock file has nothing of it, so/,
    );
    expect(stderr).toContain("npm run charts:pull -- --record csi-driver-nfs");
  });

  test("fails where production would be installed from a folder that does not have the archives", async () => {
    const { status, stderr } = await bastide("synth", "--env", "aws");
    expect([status, stderr]).toEqual([0, ""]);
    const from = await bastideWith({ BASTIDE_CHARTS: archives() }, "synth", "--env", "aws");
    expect(from.status).toBe(1);
    expect(from.stderr).toBe(
      `${archives()}/external-secrets-2.9.0.tgz does not exist: npm run charts:pull -- --to ${archives()}\n`,
    );
  });

  test("charts come from a registry of one's own where that is named", async () => {
    expect((await bastideWith({ BASTIDE_CHARTS: "oci://harbor.example/charts" }, "synth", "--env", "aws")).status).toBe(
      0,
    );
    const stack = JSON.parse(readFileSync(join(folder, "cdktf.out/stacks/aws-releases/cdk.tf.json"), "utf8"));
    expect(stack.resource.helm_release["external-secrets"]).toMatchObject({
      chart: "oci://harbor.example/charts/external-secrets",
      version: "2.9.0",
    });
  });
});

describe("synth", () => {
  test("fails for an environment that does not exist, with the nearest name and exit code 2", async () =>
    expect(await bastide("synth", "--env", "onpren")).toEqual({
      status: 2,
      stdout: "",
      stderr: 'there is no environment of the name "onpren": did you mean onprem? known: aws, onprem, local\n',
    }));

  test("prints nothing with --quiet", async () =>
    expect(await bastide("synth", "--env", "local", "--quiet")).toEqual({ status: 0, stdout: "", stderr: "" }));
});

describe("start", () => {
  test("takes names of environments as synth does", async () => {
    const { status, stdout } = await bastide("start", "--env", "local");
    expect(status).toBe(0);
    expect(stdout).toContain("\nlocal ");
    expect(stdout).not.toContain("\naws ");
  });

  test("fails for a command that does not exist, with the nearest one and exit code 2", async () => {
    const { status, stdout, stderr } = await bastide("kubconfig", "--quiet");
    expect(stderr).toMatch(
      /^there is no command "kubconfig": did you mean kubeconfig\? known: start, synth, kubeconfig, /,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

describe("a place that cannot be written to", () => {
  test("fails for a file where the output belongs, with its path and exit code 3", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "mine");
    expect(await bastideWith({ CDKTF_OUTDIR: file }, "synth", "--env", "local")).toEqual({
      status: 3,
      stdout: "",
      stderr: `${file}: file already exists (mkdir): mend that, or name another place\n`,
    });
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("fails for a link that leads nowhere, with exit code 3", async () => {
    const link = join(folder, "link");
    symlinkSync(join(folder, "nothing/here"), link);
    const { status, stderr } = await bastideWith({ CDK8S_OUTDIR: link }, "synth", "--env", "local");
    expect(stderr).toBe(`${link}: file already exists (mkdir): mend that, or name another place\n`);
    expect(status).toBe(3);
  });
});

describe("images", () => {
  test("are those of applications, of Callhome and of what measures storage, each with the commands that build and push it", async () => {
    const { stdout } = await bastide("images", "--env", "onprem");
    expect(
      stdout.match(/docker build --tag \S+\/platform\/[\w-]+:[0-9a-f]{12} apps\/[\w-]+ && docker push/g)?.length,
    ).toBe(3);
    expect(stdout).toMatch(/docker build \S+ \S+\/platform\/disk-latency:[0-9a-f]{12} apps\/disk-latency && /);
    expect(stdout).toMatch(/docker build \S+ \S+\/platform\/callhome:[0-9a-f]{12} apps\/callhome && /);
  });
});

describe("env new", () => {
  test("makes an environment that synthesizes at once", async () => {
    expect((await bastide("env", "new", "lab-2", "--like", "local")).status).toBe(0);
    const { status, stdout } = await bastide("synth", "--env", "lab-2");
    expect(stdout).toContain("lab-2");
    expect(status).toBe(0);
  });

  test("makes a copy that touches no machine as long as they are the other's", async () => {
    await bastide("env", "new", "site", "--like", "onprem");
    expect((await bastide("secrets", "--env", "site")).status).toBe(0);
    const { status, stderr } = await bastide("machines", "apply", "--env", "site");
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        'site.machines.rke2-1.address is "10.10.0.11", but machine rke2-1 of environment onprem has this address',
      ),
    });
  });

  test.each([
    [["local", "--like", "onprem"], "local exists already"],
    [["Lab", "--like", "local"], 'an environment cannot be called "Lab": a name consists of a-z, 0-9 and -'],
    [["lab", "--like", "locl"], "there is no environment locl to copy"],
  ])("fails for %j and writes nothing", async (args, message) => {
    const before = readFileSync(join(folder, "environments/index.ts"), "utf8");
    const { status, stderr } = await bastide("env", "new", ...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(readFileSync(join(folder, "environments/index.ts"), "utf8")).toBe(before);
  });
});

describe("kubeconfig", () => {
  const file = (environment: string) => join(folder, ".bastide", environment, "kubeconfig");
  const arn = "arn:aws:eks:eu-central-1:123456789012:cluster/aws";
  const cluster = { cluster: { arn, endpoint: "https://abc.eks.example", certificateAuthority: { data: "Q0E=" } } };

  test("of EKS holds endpoint and CA, asks for tokens when they are needed, and is for its owner alone", async () => {
    program("aws", `echo '${JSON.stringify(cluster)}'`);
    expect((await bastide("kubeconfig", "--env", "aws")).stdout).toBe(
      `wrote ${file("aws")}\nit leads to https://abc.eks.example\n`,
    );
    expect(load(readFileSync(file("aws"), "utf8"))).toMatchObject({
      clusters: [{ name: "aws", cluster: { server: "https://abc.eks.example", "certificate-authority-data": "Q0E=" } }],
      users: [
        {
          user: {
            exec: {
              command: "aws",
              args: ["eks", "get-token", "--cluster-name", "aws", "--region", "eu-central-1", "--output", "json"],
            },
          },
        },
      ],
    });
    expect(statSync(file("aws")).mode & 0o777).toBe(0o600);
  });

  test("of EKS is written by the stack that makes the cluster, in whose folder Terraform runs the command", async () => {
    program("aws", `echo '${JSON.stringify(cluster)}'`);
    expect(await bastide("synth", "--env", "aws", "--quiet")).toEqual({ status: 0, stdout: "", stderr: "" });
    const stack = JSON.parse(readFileSync(join(folder, "cdktf.out/stacks/aws-cloud/cdk.tf.json"), "utf8"));
    const [{ "local-exec": written }] = stack.resource.terraform_data.kubeconfig.provisioner;
    // Any folder of the project without a package.json of its own, as cdktf.out/stacks/aws-cloud is one.
    const run = () =>
      spawnSync("/bin/sh", ["-c", written.command], {
        cwd: join(ROOT, "test/cli"),
        env: { ...process.env, NODE_OPTIONS: "", HOME: folder, PATH: `${join(folder, "bin")}:${process.env.PATH}` },
        encoding: "utf8",
      });
    const { status, stdout } = run();
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(`wrote ${file("aws")}\n`) });

    // Destroyed and made again, the cluster has another address.
    const again = { cluster: { ...cluster.cluster, endpoint: "https://def.eks.example" } };
    program("aws", `echo '${JSON.stringify(again)}'`);
    expect(run()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("it leads to https://def.eks.example\n"),
    });
  });

  test("fails where another account has a cluster of that name, and writes nothing", async () => {
    const others = { cluster: { ...cluster.cluster, arn: arn.replace("123456789012", "210987654321") } };
    program("aws", `echo '${JSON.stringify(others)}'`);
    expect(await bastide("kubeconfig", "--env", "aws", "--force")).toMatchObject({
      status: 3,
      stderr:
        "AWS tells of a cluster aws in account 210987654321, and network.account is 123456789012.\nSign in to AWS with the account 123456789012\n",
    });
    expect(existsSync(file("aws"))).toBe(false);
  });

  test("done twice changes nothing", async () => {
    program("aws", `echo '${JSON.stringify(cluster)}'`);
    await bastide("kubeconfig", "--env", "aws");
    const { mtimeMs } = statSync(file("aws"));
    expect((await bastide("kubeconfig", "--env", "aws")).stdout).toMatch(`unchanged: ${file("aws")}\n`);
    expect(statSync(file("aws")).mtimeMs).toBe(mtimeMs);
  });

  test("of RKE2 is the first server's own, read as its entry says, with the load balancers' address", async () => {
    program(
      "ssh",
      `case "$*" in *"StrictHostKeyChecking=yes"*"-p 22 -l bastide 10.10.0.11 sudo -n cat /etc/rancher/rke2/rke2.yaml") ;; *) exit 9 ;; esac\nprintf 'clusters: [{cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: Q0E=}}]\\nusers: [{user: {client-certificate-data: QQ==}}]\\n'`,
    );
    expect((await bastide("kubeconfig", "--env", "onprem")).status).toBe(0);
    expect(load(readFileSync(file("onprem"), "utf8"))).toMatchObject({
      clusters: [{ cluster: { server: "https://k8s.corp.acme.example:6443" } }],
    });
  });

  test("of a cluster that exists is kubectl's current context, which it tells, and another one takes its place by force alone", async () => {
    const context = (name: string) =>
      `echo '{current-context: ${name}, contexts: [{name: ${name}, context: {cluster: c}}], clusters: [{name: c, cluster: {server: "https://${name}:6443"}}]}'`;
    program("kubectl", context("lab"));
    expect((await bastide("kubeconfig", "--env", "local")).stdout).toBe(
      `wrote ${file("local")}\nit leads to https://lab:6443, kubectl's current context lab\n`,
    );
    program("kubectl", context("prod"));
    const { status, stderr } = await bastide("kubeconfig", "--env", "local");
    expect(stderr).toBe(
      `${file("local")} leads to https://lab:6443, and would lead to https://prod:6443 (context prod) instead: if that is the cluster you mean, repeat with --force\n`,
    );
    expect(status).toBe(1);
    expect(readFileSync(file("local"), "utf8")).toContain("https://lab:6443");
    expect((await bastide("kubeconfig", "--env", "local", "--force")).status).toBe(0);
    expect(readFileSync(file("local"), "utf8")).toContain("https://prod:6443");
  });

  test.each([
    "true",
    "echo hello",
    "echo '{}'",
    `echo '{"cluster":{"status":"CREATING"}}'`,
    `echo '{"cluster":{"endpoint":"https://x"}}'`,
  ])("fails while AWS tells no address of the cluster (%s), with exit code 3", async (answer) => {
    program("aws", answer);
    expect(await bastide("kubeconfig", "--env", "aws")).toEqual({
      status: 3,
      stdout: "",
      stderr:
        "AWS tells no address of the cluster aws: it has none while it is being made.\n" +
        "Wait until aws eks describe-cluster --name aws --region eu-central-1 says ACTIVE\n",
    });
  });

  test.each(["true", "echo hello", "printf 'a: [b'", "echo '{clusters: [{cluster: {server: x}}]}'"])(
    "fails where a server sends no kubeconfig (%s), with exit code 3",
    async (answer) => {
      program("ssh", answer);
      expect(await bastide("kubeconfig", "--env", "onprem")).toEqual({
        status: 3,
        stdout: "",
        stderr:
          "/etc/rancher/rke2/rke2.yaml on rke2-1 (10.10.0.11) is no kubeconfig\n" +
          "Check that RKE2 runs there, and that ssh -p 22 bastide@10.10.0.11 prints nothing of its own\n",
      });
    },
  );

  test("fails where a server is not reached, with the command that reaches it as its entry says", async () => {
    const file = join(folder, "environments/onprem.ts");
    const ssh = 'ssh: { user: "admin", port: 2222, keyFile: "~/.ssh/estate" }';
    writeFileSync(file, readFileSync(file, "utf8").replace('address: "10.10.0.11"', `$&, ${ssh}`));
    program("ssh", "echo refused >&2; exit 255");
    expect(await bastide("kubeconfig", "--env", "onprem")).toMatchObject({
      status: 3,
      stderr:
        "/etc/rancher/rke2/rke2.yaml cannot be read on rke2-1 (10.10.0.11): refused\n" +
        "Check that ssh -i ~/.ssh/estate -o IdentitiesOnly=yes -p 2222 admin@10.10.0.11 works and RKE2 runs there\n",
    });
  });

  test("fails without the AWS CLI, says how to get it, and ends with exit code 3", async () => {
    const { status, stderr } = await bastide("kubeconfig", "--env", "aws");
    expect(stderr).toContain("aws is not on the PATH: install the AWS CLI");
    expect(status).toBe(3);
    expect(existsSync(file("aws"))).toBe(false);
  });

  test("fails where the server cannot be reached, with what ssh said, and keeps the file that is there", async () => {
    mkdirSync(join(folder, ".bastide/onprem"), { recursive: true });
    writeFileSync(file("onprem"), "old");
    program("ssh", "echo 'connection refused' >&2; exit 255");
    const { status, stderr } = await bastide("kubeconfig", "--env", "onprem");
    expect(stderr).toContain("cannot be read on rke2-1 (10.10.0.11): connection refused");
    expect(status).toBe(3);
    expect(readFileSync(file("onprem"), "utf8")).toBe("old");
  });
});

describe("secrets", () => {
  const file = () => join(folder, ".bastide/onprem/kubeconfig");
  beforeEach(() => {
    mkdirSync(join(folder, ".bastide/onprem"), { recursive: true });
    writeFileSync(file(), "");
    // Machines, which are asked besides the cluster, have theirs: see machines/secrets.test.ts.
    program(
      "ssh",
      `while read -r look path; do [ "$look" != look ] || { path=\${path#\\'}; echo "\${path%\\'} is there"; }; done`,
    );
  });

  test("lists each with its place, entries and consumers", async () => {
    const { status, stdout } = await bastide("secrets", "--env", "onprem");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^internal-tools +harbor-pull +\.dockerconfigjson +kubernetes\.io\/dockerconfigjson +apps\.start-page, callhome$/m,
    );
    expect(stdout).toMatch(/^internal-tools +callhome +hash-key +Opaque +callhome$/m);
    expect(stdout).toMatch(/^internal-tools +callhome-database +ca\.crt, password +Opaque +callhome$/m);
    expect(stdout).toMatch(
      /^gateway +wildcard-corp-acme-example +tls\.crt, tls\.key +kubernetes\.io\/tls +cluster\.gateway$/m,
    );
  });

  test("asks only for the names of entries, and is content where all are there", async () => {
    program(
      "kubectl",
      'case "$*" in *go-template=*) ;; *) exit 9;; esac; printf "tls.crt\\ntls.key\\n.dockerconfigjson\\nhash-key\\nca.crt\\npassword\\n"',
    );
    const { status, stdout } = await bastide("secrets", "--env", "onprem", "--verify");
    expect(stdout).toContain("all of them are there");
    expect(status).toBe(0);
  });

  test("fails where one is missing or lacks an entry, with the command that makes it", async () => {
    program(
      "kubectl",
      'case "$*" in *harbor-pull*) echo "Error from server (NotFound): secrets \\"harbor-pull\\" not found" >&2; exit 1;; esac; echo tls.crt',
    );
    const { status, stdout, stderr } = await bastide("secrets", "--env", "onprem", "--verify");
    expect(stdout).toMatch(/harbor-pull .* missing$/m);
    expect(stdout).toMatch(/wildcard-corp-acme-example .* without tls\.key$/m);
    expect(stderr).toContain(
      `kubectl --kubeconfig ${file()} --namespace internal-tools create secret docker-registry harbor-pull --from-file=.dockerconfigjson=/dev/stdin`,
    );
    expect(status).toBe(1);
  });

  test("fails where the cluster does not answer, with exit code 3 and no recipe", async () => {
    program("kubectl", "echo 'dial tcp 10.0.0.1:6443: i/o timeout' >&2; exit 1");
    const { status, stderr } = await bastide("secrets", "--env", "onprem", "--verify");
    expect(stderr).toBe(
      `the cluster of ${file()} does not answer: dial tcp 10.0.0.1:6443: i/o timeout\nCheck that it runs, or npm run kubeconfig -- --env onprem\n`,
    );
    expect(status).toBe(3);
  });

  test("fails without a kubeconfig, with exit code 3 and how to get one", async () => {
    rmSync(file());
    const { status, stderr } = await bastide("secrets", "--env", "onprem", "--verify");
    expect(stderr).toBe(`there is no ${file()} to ask the cluster with: npm run kubeconfig -- --env onprem\n`);
    expect(status).toBe(3);
  });

  test("says so where none is needed", async () =>
    expect((await bastide("secrets", "--env", "local")).stdout).toBe("local needs no secret\n"));
});
