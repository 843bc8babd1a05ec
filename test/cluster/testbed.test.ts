import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { tier } from "../support/require";
import {
  applyNodes,
  missing,
  openTestbed,
  removeNodes,
  startTestbed,
  type Testbed,
  takeDown,
  writeKubeconfigAs,
} from "../testbed";
import { isAlive, markedProcesses } from "../testbed/daemons";
import { testbedFolder } from "../testbed/folders";
import { identityOf } from "../testbed/process-identity";
import { readRecord, type TestbedRecord } from "../testbed/record";
import { statuses } from "../testbed/status";
import { eventually } from "./support/eventually";
import { OWN_TESTBED, startOwnTestbed } from "./support/own-testbed";

// These tests are about the cluster that the testbed starts itself.
delete process.env.KUBECONFIG_TESTBED;

const lacking = missing(1).filter(({ neededBy }) => neededBy === "testbed");
const cli = ["--import", "tsx", join(__dirname, "../testbed/cli.ts")];

/** Pids of the recorded processes that are alive. */
const alive = (name: string): number[] =>
  (readRecord(name)?.processes ?? []).filter((p) => identityOf(p.pid) === p.identity).map((p) => p.pid);

/** GET with a client certificate and only the CA of the kubeconfig trusted. */
function get(kubeconfig: string, path: string, ca?: Buffer): Promise<{ status?: number; body: string }> {
  const config = parse(readFileSync(kubeconfig, "utf8"));
  const user = config.users[0].user;
  const decode = (text: string): Buffer => Buffer.from(text, "base64");
  return new Promise((resolve, reject) => {
    const call = request(
      `${config.clusters[0].cluster.server}${path}`,
      {
        ca: ca ?? decode(config.clusters[0].cluster["certificate-authority-data"]),
        cert: decode(user["client-certificate-data"]),
        key: decode(user["client-key-data"]),
        agent: false,
      },
      (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, body }));
      },
    );
    call.on("error", reject).end();
  });
}

tier("cluster", lacking)("a testbed of level 1", () => {
  let testbed: Testbed;

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    await applyNodes(testbed, [
      { name: "small", cpu: "2", memory: "4Gi" },
      { name: "large", cpu: "8", memory: "32Gi", labels: { "bastide.test/size": "large" } },
    ]);
  });
  afterAll(() => testbed?.stop());

  it("has a Kubernetes 1.35.4 API server that answers over TLS that is verified", async () => {
    const { status, body } = await get(testbed.kubeconfig, "/version");
    expect({ status, version: JSON.parse(body).gitVersion }).toEqual({ status: 200, version: "v1.35.4" });
  });

  it("fails TLS verification for whoever trusts another authority", async () => {
    const other = readFileSync(join(testbed.folder, "certificates", "etcd-ca.crt"));
    await expect(get(testbed.kubeconfig, "/version", other)).rejects.toThrow(/certificate/);
  });

  it("keeps its kubeconfig and its keys from other users", () => {
    const modes = ["kubeconfig", "certificates/ca.key", "."].map(
      (file) => statSync(join(testbed.folder, file)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o700]);
  });

  it("makes a Deployment Ready on fake nodes of the given size", async () => {
    await testbed.kubectl("create", "deployment", "web", "--image=registry.example.internal/web:1", "--replicas=3");
    await testbed.kubectl("rollout", "status", "deployment/web", "--timeout=300s");
    const size = await testbed.kubectl(
      "get",
      "node",
      "large",
      "-o",
      "jsonpath={.status.allocatable.cpu} {.status.allocatable.memory}",
    );
    expect(size).toBe("8 32Gi");
  });

  it("leaves a pod waiting that fits no node, until a larger one is there", async () => {
    const requests = { resources: { requests: { cpu: "16" } } };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "huge" },
      spec: { containers: [{ name: "c", image: "x", ...requests }] },
    };
    await testbed.run(["kubectl", "apply", "-f", "-"], { input: JSON.stringify(pod) });
    const waits = await testbed.kubectl("wait", "--for=condition=PodScheduled=false", "--timeout=300s", "pod/huge");
    expect(waits).toContain("condition met");
    await applyNodes(testbed, [{ name: "large", cpu: "32", memory: "64Gi" }]);
    expect(await testbed.kubectl("wait", "--for=condition=Ready", "--timeout=300s", "pod/huge")).toContain(
      "condition met",
    );
    await testbed.kubectl("delete", "pod", "huge");
  });

  it("removes nodes by name, and keeps the others", async () => {
    await applyNodes(testbed, [{ name: "doomed", cpu: "4", memory: "8Gi", labels: { doomed: "true" } }]);
    await removeNodes(testbed, ["doomed"]);
    expect(await testbed.kubectl("get", "nodes", "-o", "name")).toBe("node/large\nnode/small\n");
  });

  it("judges a user by the groups of the kubeconfig made for him", async () => {
    await testbed.kubectl("create", "rolebinding", "dev", "--clusterrole=view", "--group=dev", "--namespace=default");
    const KUBECONFIG = writeKubeconfigAs(join(testbed.folder, "dev"), testbed.kubeconfig, {
      user: "dora",
      groups: ["dev"],
    });
    const asDora = (...args: string[]) => testbed.run(["kubectl", ...args], { env: { KUBECONFIG } });
    expect(await asDora("get", "pods", "-o", "name")).toContain("pod/web-");
    await expect(asDora("get", "pods", "--namespace=kube-system")).rejects.toThrow(
      'User "dora" cannot list resource "pods"',
    );
  });

  it.each([
    ["a privileged pod in a restricted namespace", "PodSecurity", { securityContext: { privileged: true } }],
    ["a pod over its quota", "exceeded quota", { resources: { requests: { cpu: "3" }, limits: { cpu: "3" } } }],
  ])("refuses %s", async (_, message, container) => {
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "strict",
        labels: message === "PodSecurity" ? { "pod-security.kubernetes.io/enforce": "restricted" } : {},
      },
    };
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "q", namespace: "strict" },
      spec: { hard: { "requests.cpu": "2" } },
    };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "strict" },
      spec: { containers: [{ name: "c", image: "x", ...container }] },
    };
    const apply = (object: object, ...flags: string[]) =>
      testbed.run(["kubectl", "apply", ...flags, "-f", "-"], { input: JSON.stringify(object) });
    await apply(namespace);
    await apply(quota);
    // The quota counts once its controller has seen it.
    await testbed.kubectl("wait", "--for=jsonpath={.status.hard}", "--timeout=300s", "-n", "strict", "resourcequota/q");
    // And the API server judges by what it has been told of, a moment after the controller has told it.
    const judged = () => apply(pod, "--dry-run=server");
    await eventually(() => expect(judged()).rejects.toThrow(message));
    await expect(apply(pod)).rejects.toThrow(message);
  });

  it("has a simulated AWS at the address that the target names", async () => {
    const address = testbed.target.variables.AWS_ENDPOINT_URL ?? "";
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${address}/moto-api/`);
    expect(response.status).toBe(200);
  });

  it("keeps everything that its target names in its own folder", () => {
    const { target, folder } = testbed;
    const paths = [target.kubeconfig, target.stateFolder, target.output.terraform, target.output.manifests];
    expect(paths.filter((path) => !path?.startsWith(`${folder}/`))).toEqual([]);
  });

  it("is returned as it is when it is started again, and opened by name", async () => {
    const pids = alive(OWN_TESTBED);
    const again = await startTestbed({ name: OWN_TESTBED });
    expect({ folder: again.folder, pids: alive(OWN_TESTBED) }).toEqual({ folder: testbed.folder, pids });
    expect(openTestbed(OWN_TESTBED).env).toEqual(testbed.env);
  });

  it("stands beside another one, each with its own objects", async () => {
    const other = await startTestbed({ name: `${OWN_TESTBED}-two` });
    try {
      await testbed.kubectl("create", "namespace", "only-in-one");
      await expect(other.kubectl("get", "namespace", "only-in-one")).rejects.toThrow("NotFound");
      expect(other.target.variables.AWS_ENDPOINT_URL).not.toBe(testbed.target.variables.AWS_ENDPOINT_URL);
    } finally {
      await other.stop();
    }
    expect(await testbed.kubectl("get", "namespace", "only-in-one", "-o", "name")).toBe("namespace/only-in-one\n");
  });

  it("lends a cluster to another testbed, which leaves that as it was", async () => {
    const guest = await startTestbed({ name: `${OWN_TESTBED}-guest`, externalCluster: testbed.kubeconfig });
    try {
      await guest.kubectl("create", "namespace", "made-by-guest");
      await expect(applyNodes(guest, [{ name: "n", cpu: "1", memory: "1Gi" }])).rejects.toThrow(
        "its nodes are its own",
      );
    } finally {
      await guest.stop();
    }
    expect(await testbed.kubectl("get", "namespace", "made-by-guest", "-o", "name")).toBe("namespace/made-by-guest\n");
  });
});

tier("cluster", lacking)("a testbed without a cluster", () => {
  const name = `${OWN_TESTBED}-bare`;
  afterAll(() => takeDown(name));

  it("has the simulated AWS and nothing of a Kubernetes", async () => {
    const { target } = await startTestbed({ name, cluster: false });
    expect((await fetch(`${target.variables.AWS_ENDPOINT_URL}/moto-api/`)).status).toBe(200);
    expect(readRecord(name)?.processes.map((one) => one.name)).toEqual(["moto"]);
    expect((await statuses()).find((one) => one.name === name)).toMatchObject({ state: "up", api: "none" });
  });

  it("is not taken for one with a cluster", async () => {
    await expect(startTestbed({ name })).rejects.toThrow(
      `testbed ${name} is up at level 1 without a cluster: take it down first, or choose another --name`,
    );
  });

  it("fails at level 2, which is a node", async () => {
    const message = "a testbed of level 2 is a node of its own cluster";
    await expect(startTestbed({ name: `${OWN_TESTBED}-none`, level: 2, cluster: false })).rejects.toThrow(message);
  });
});

tier("cluster", lacking)("down, at level 1,", () => {
  const name = `${OWN_TESTBED}-down`;
  /** Of one that was up. */
  let record: TestbedRecord;
  beforeAll(async () => {
    await startTestbed({ name });
    record = readRecord(name)!;
  });
  afterEach(() => takeDown(name));

  /** Until an `up` that was begun has started something, and is far from its end. */
  const untilFirstRuns = async () => {
    for (const end = Date.now() + 300_000; alive(name).length === 0 && Date.now() < end; ) await sleep(50);
  };

  const expectNothingLeft = () => {
    expect({ marked: markedProcesses(name), folder: existsSync(testbedFolder(name)) }).toEqual({
      marked: [],
      folder: false,
    });
  };

  it("leaves no process and no file", async () => {
    const pids = alive(name);
    expect(pids.length).toBeGreaterThanOrEqual(6);
    await takeDown(name);
    expectNothingLeft();
    expect(pids.filter((pid) => identityOf(pid) !== undefined)).toEqual([]);
  });

  it("works after processes were killed, and up starts anew", async () => {
    const broken = await startTestbed({ name });
    const killed = readRecord(name)?.processes.slice(0, 2) ?? [];
    for (const { pid } of killed) process.kill(pid, "SIGKILL");
    await eventually(async () => expect(killed.filter(isAlive)).toEqual([]));
    const renewed = await startTestbed({ name });
    expect(await renewed.kubectl("get", "namespace", "default", "-o", "name")).toBe("namespace/default\n");
    await broken.stop();
    expectNothingLeft();
  });

  it("waits for the last thread of a process, which holds its sockets when the first has ended", async () => {
    const script = `import ctypes, threading, time
threading.Thread(target=time.sleep, args=(600,)).start()
print(flush=True)
ctypes.CDLL(None).pthread_exit(None)`;
    const half = spawn("python3", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(half, "exit");
    await once(half.stdout, "data");
    await eventually(async () => expect(readFileSync(`/proc/${half.pid}/stat`, "utf8")).toContain(") Z "));
    expect(identityOf(half.pid!)).toBeDefined();
    half.kill("SIGKILL");
    await ended;
    expect(identityOf(half.pid!)).toBeUndefined();
  });

  it("works without its record, by the mark of its processes", async () => {
    await startTestbed({ name });
    rmSync(join(testbedFolder(name), "testbed.json"));
    await takeDown(name);
    expectNothingLeft();
  });

  it("ends no process that only has a recorded pid by chance, as after a reboot", async () => {
    await takeDown(name);
    const stranger = spawn("sleep", ["60"]);
    const folder = testbedFolder(name);
    mkdirSync(folder, { recursive: true });
    const processes = [{ ...record.processes[0], pid: stranger.pid }];
    writeFileSync(join(folder, "testbed.json"), JSON.stringify({ ...record, processes }));
    await takeDown(name);
    expect(stranger.exitCode === null && identityOf(stranger.pid!) !== undefined).toBe(true);
    stranger.kill();
    expectNothingLeft();
  });

  it("is what an interrupted up does by itself", async () => {
    const up = spawn(process.execPath, [...cli, "up", "--name", name], { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => up.on("close", resolve));
    await untilFirstRuns();
    expect(alive(name).length).toBeGreaterThan(0);
    up.kill("SIGINT");
    expect(await ended).toBe(130);
    expectNothingLeft();
  });

  it("removes what an up that was killed halfway has left", async () => {
    const up = spawn(process.execPath, [...cli, "up", "--name", name], { stdio: "ignore" });
    const ended = new Promise((resolve) => up.on("close", resolve));
    await untilFirstRuns();
    up.kill("SIGKILL");
    await ended;
    expect(alive(name).length).toBeGreaterThan(0);
    await takeDown(name);
    expectNothingLeft();
  });
});

tier("cluster", lacking)("the testbed command", () => {
  const name = `${OWN_TESTBED}-cli`;
  const testbedCommand = (...args: string[]) =>
    execFileSync(process.execPath, [...cli, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  afterAll(() => takeDown(name));

  it("starts one, says how to use it, shows it, and prints an environment that a shell can read", () => {
    expect(testbedCommand("up", "--name", name)).toContain(`eval "$(npm run -s testbed -- env --name ${name})"`);
    expect(testbedCommand("status")).toMatch(new RegExp(`^${name} +1 +up +https://127`, "m"));
    const script = `eval "$1"; kubectl config current-context; command -v helm; basename "$BASTIDE_TARGET"`;
    const said = execFileSync("sh", ["-c", script, "sh", testbedCommand("env", "--name", name)], { encoding: "utf8" });
    expect(said.trim().split("\n")).toEqual(["testbed", join(testbedFolder(name), "bin", "helm"), "target.json"]);
  });

  it("fails with the cure when there is no testbed of that name", () => {
    expect(() => testbedCommand("env", "--name", `${OWN_TESTBED}-none`)).toThrow(
      `testbed ${OWN_TESTBED}-none is not up: start it with npm run testbed -- up --name ${OWN_TESTBED}-none`,
    );
  });

  it("fails with exit code 2 on a level that does not exist", () => {
    expect(() => testbedCommand("up", "--level", "7")).toThrow(expect.objectContaining({ status: 2 }));
  });
});
