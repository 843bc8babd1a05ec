import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tier } from "../support/require";
import {
  applyNodes,
  buildImage,
  missing,
  nodeName,
  removeNodes,
  startTestbed,
  type Testbed,
  takeDown,
} from "../testbed";
import { markedProcesses } from "../testbed/daemons";
import { testbedFolder } from "../testbed/folders";
import { readRecord } from "../testbed/record";
import { eventually } from "./support/eventually";
import { OWN_TESTBED, startOwnTestbed } from "./support/own-testbed";
import { traces } from "./support/traces";

// These tests are about the cluster that the testbed starts itself.
delete process.env.KUBECONFIG_TESTBED;

const lacking = missing(2).filter(({ neededBy }) => neededBy === "testbed");
const cli = ["--import", "tsx", join(__dirname, "../testbed/cli.ts")];

tier("node", lacking)("a testbed of level 2", () => {
  const name = OWN_TESTBED;
  const image = "registry.example.internal/bastide/greeter:0123456789ab";
  let testbed: Testbed;
  let before: string[];

  const apply = (...items: object[]) =>
    testbed.run(["kubectl", "apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });

  beforeAll(async () => {
    await takeDown(name);
    before = traces(name);
    testbed = await startOwnTestbed({ level: 2 });
    const folder = join(testbed.folder, "greeter");
    mkdirSync(folder);
    writeFileSync(join(folder, "main.js"), greeter);
    writeFileSync(join(folder, "Dockerfile"), dockerfile);
    await buildImage(testbed, { folder, tag: image });
    await apply(...greeterObjects(image));
    await testbed.kubectl("rollout", "status", "deployment/greeter", "--timeout=300s");
  });
  afterAll(() => testbed?.stop());

  /** A first call right after a rollout may come before the rules of the Service. */
  const get = async (url: string): Promise<string> => {
    let said = "";
    await eventually(async () => {
      said = await testbed.run(["curl", "--silent", "--show-error", "--fail", "--max-time", "60", url]);
    });
    return said;
  };

  it("has a node with this machine's own processors", async () => {
    const cpus = await testbed.kubectl("get", "node", nodeName, "-o", "jsonpath={.status.capacity.cpu}");
    expect(Number(cpus)).toBe(availableParallelism());
  });

  it("serves HTTP from a real, unprivileged container through its Service", async () => {
    const address = await testbed.kubectl("get", "service", "greeter", "-o", "jsonpath={.spec.clusterIP}");
    expect(JSON.parse(await get(`http://${address}/here`))).toEqual({ path: "/here", user: 10001, writable: false });
  });

  it("answers kubectl logs and exec, from inside and from outside its network", async () => {
    const outside = (...args: string[]) =>
      execFileSync(join(testbed.folder, "bin", "kubectl"), ["--kubeconfig", testbed.kubeconfig, ...args], {
        encoding: "utf8",
      });
    // What a container says is in its log a moment later.
    await eventually(async () => expect(outside("logs", "deployment/greeter")).toContain("GET /healthz"));
    expect(outside("exec", "deployment/greeter", "--", "id", "-u")).toBe("10001\n");
    expect(await testbed.kubectl("exec", "deployment/greeter", "--", "id", "-u")).toBe("10001\n");
  });

  it("knows Services by name in its pods, and the API server by its own certificate", async () => {
    const script =
      "Promise.all([fetch('http://greeter.default.svc.cluster.local/'), fetch('https://kubernetes.default/version')]).then(r => console.log(r.map(x => x.status).join()))";
    const ca = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
    const inPod = ["deployment/greeter", "--", "env", `NODE_EXTRA_CA_CERTS=${ca}`, "node", "-e", script];
    await eventually(async () => expect(await testbed.kubectl("exec", ...inPod)).toBe("200,200\n"));
  });

  it("starts a container again that has ended", async () => {
    const pod = (
      await testbed.kubectl("get", "pods", "-l", "app=greeter", "-o", "jsonpath={.items[0].metadata.name}")
    ).trim();
    const address = await testbed.kubectl("get", "service", "greeter", "-o", "jsonpath={.spec.clusterIP}");
    await get(`http://${address}/end`);
    // Once for each request that it heard: one whose answer was lost on the way is sent again.
    const restarts = ["get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}"];
    await eventually(async () => expect(Number(await testbed.kubectl(...restarts))).toBeGreaterThanOrEqual(1));
    await testbed.kubectl("rollout", "status", "deployment/greeter", "--timeout=300s");
  });

  it("stops a container that takes more memory than its limit", async () => {
    const container = {
      name: "greedy",
      image,
      command: ["node", "-e", "const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1))"],
      resources: { limits: { memory: "64Mi" } },
    };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "greedy" },
      spec: { restartPolicy: "Never", containers: [container] },
    };
    await apply(pod);
    await testbed.kubectl("wait", "pod/greedy", "--for=jsonpath={.status.phase}=Failed", "--timeout=300s");
    const reason = await testbed.kubectl(
      "get",
      "pod",
      "greedy",
      "-o",
      "jsonpath={.status.containerStatuses[0].state.terminated.reason}",
    );
    expect(reason).toBe("OOMKilled");
  });

  it("says that there is no registry, for an image that was not built", async () => {
    await testbed.kubectl("run", "unknown", "--image=registry.example.internal/bastide/unknown:1", "--restart=Never");
    const reason = "jsonpath={.status.containerStatuses[0].state.waiting.reason}";
    await eventually(async () => {
      expect(["ErrImagePull", "ImagePullBackOff"]).toContain(
        await testbed.kubectl("get", "pod", "unknown", "-o", reason),
      );
    });
  });

  it("takes fake nodes beside the real one", async () => {
    await applyNodes(testbed, [{ name: "fake", cpu: "8", memory: "32Gi" }]);
    expect(await testbed.kubectl("get", "nodes", "-o", "name")).toBe(`node/fake\nnode/${nodeName}\n`);
    await removeNodes(testbed, ["fake"]);
  });

  it("stands beside another of level 2, each with its own pods at the same addresses", async () => {
    const other = await startTestbed({ name: `${name}-two`, level: 2 });
    try {
      const address = await testbed.kubectl("get", "service", "greeter", "-o", "jsonpath={.spec.clusterIP}");
      await expect(other.run(["curl", "--silent", "--max-time", "2", `http://${address}/`])).rejects.toThrow("failed");
      expect(await get(`http://${address}/still-here`)).toContain("/still-here");
    } finally {
      await other.stop();
    }
  });

  it("leaves, after down, no process, mount, interface, rule, setting, control group or file", async () => {
    await testbed.stop();
    expect({ marked: markedProcesses(name), folder: existsSync(testbedFolder(name)) }).toEqual({
      marked: [],
      folder: false,
    });
    await eventually(async () => expect(traces(name)).toEqual(before));
  });

  it("leaves nothing either when up is killed halfway and then taken down", async () => {
    const up = spawn(process.execPath, [...cli, "up", "--level", "2", "--name", name], { stdio: "ignore" });
    const ended = new Promise((resolve) => up.on("close", resolve));
    const kubeletRuns = () => readRecord(name)?.processes.some((recorded) => recorded.name === "kubelet");
    for (const limit = Date.now() + 600_000; !kubeletRuns() && Date.now() < limit; ) await sleep(50);
    up.kill("SIGKILL");
    await ended;
    expect(kubeletRuns()).toBe(true);
    await takeDown(name);
    expect(markedProcesses(name)).toEqual([]);
    await eventually(async () => expect(traces(name)).toEqual(before));
  });
});

const dockerfile = `ARG BASE=docker.io/library/node:22
FROM $BASE
COPY main.js /app/
USER 10001:10001
ENTRYPOINT ["node", "/app/main.js"]
`;

const greeter = `
const { writeFileSync } = require("node:fs");
let writable = true;
try { writeFileSync("/written", ""); } catch { writable = false; }
require("node:http").createServer((request, response) => {
  console.log(request.method, request.url);
  response.end(JSON.stringify({ path: request.url, user: process.getuid(), writable }));
  if (request.url === "/end") response.on("close", () => process.exit(1));
}).listen(8080);
process.on("SIGTERM", () => process.exit(0));
`;

function greeterObjects(image: string): object[] {
  const labels = { app: "greeter" };
  const container = {
    name: "greeter",
    image,
    imagePullPolicy: "IfNotPresent",
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
    securityContext: {
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "greeter" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "greeter" },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
}
