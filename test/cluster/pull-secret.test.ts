import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "../../environments/local";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { tier } from "../support/require";
import { type Login, missing, pushImage, Registry, registryHost, type Testbed } from "../testbed";
import { isReady, type Pod, pods } from "./support/cluster-state";
import { eventually } from "./support/eventually";
import { startOwnTestbed } from "./support/own-testbed";
import { Workplace } from "./support/workplace";

const SELECTOR = "--selector=app.kubernetes.io/name=greeter";

/** Named as Harbor names its robots, and the model with it. */
const builds: Login = { user: "robot$platform+ci", password: password() };
const nodes: Login = { user: "robot$platform+nodes", password: password() };
const nodesAnew: Login = { ...nodes, password: password() };

const imageOf = (tag: string) => `${registryHost}/platform/greeter:${tag}`;

/** `local`, with a Harbor of its own as its registry; nothing listens where its machine would be reached. */
function environmentWith(tag: string): EnvironmentSpec {
  const digest = "0".repeat(64);
  return {
    ...local,
    callhome: undefined,
    machines: {
      harbor: {
        ...{ provider: "existing", role: "harbor", address: "127.0.0.1", ssh: { port: 1 } },
        ...{ cpus: 4, memory: "8Gi" },
      },
    },
    services: {
      images: {
        kind: "harbor",
        machine: "harbor",
        url: `https://${registryHost}`,
        installer: { from: "/opt/bastide/harbor.tgz", sha256: digest },
        compose: { from: "/opt/bastide/docker-compose", sha256: digest },
        certificate: { chain: "harbor-tls", key: "harbor-tls" },
        oidc: { kind: "existing", issuer: "https://id.local.test/realms/a", clientId: "harbor", secret: "harbor-oidc" },
        adminGroup: "acme-it",
        backup: { kind: "none", waiver: { reason: "a stand-in for a test", until: "2099-12-31" } },
        projects: { platform: {} },
        robots: { nodes: { project: "platform", may: "pull", secret: "harbor-pull" } },
      },
    },
    registry: { service: "images", project: "platform" },
    apps: {
      greeter: {
        ...{ namespace: "playground", image: imageOf(tag), port: 8080, health: "/healthz", replicas: 1 },
        resources: { cpu: "50m", memory: "64Mi" },
      },
    },
  } as EnvironmentSpec;
}

function password(): string {
  return `Aa1${randomBytes(16).toString("hex")}`;
}

tier("node", missing(2))("the pull secret, on a real node and at a real registry", () => {
  let testbed: Testbed;
  let workplace: Workplace;
  let registry: Registry;
  /** Everything that a command said. */
  let said = "";
  let deployment: Promise<unknown>;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 2 });
    registry = await Registry.start(testbed, [builds, nodes]);
    const source = join(testbed.folder, "greeter");
    mkdirSync(source);
    writeFileSync(join(source, "Dockerfile"), DOCKERFILE);
    for (const tag of ["first", "second"]) {
      await pushImage(testbed, { folder: source, registry, as: builds, tag: imageOf(tag) });
    }
    await describeEnvironment("first");
    await workplace.init("local-releases");
    deployment = deploy();
  });
  afterAll(async () => {
    await deployment?.catch(() => {});
    await testbed?.stop();
  });

  const folder = () => join(testbed.folder, "environments");
  const operators = () => join(testbed.folder, "operator");

  async function describeEnvironment(tag: string): Promise<void> {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(
      join(folder(), "index.ts"),
      `export const environments = [${JSON.stringify(environmentWith(tag))}];\n`,
    );
    workplace = new Workplace(testbed, { BASTIDE_ENVIRONMENTS: folder() });
    await workplace.synth();
  }

  async function deploy(): Promise<void> {
    const { stdout, stderr } = await workplace.terraform("local-releases", ["apply", "-auto-approve", "-input=false"]);
    said += stdout + stderr;
  }

  /** What `npm run secrets` prints. */
  async function secrets(...options: string[]): Promise<string> {
    const command = ["cli/bastide.ts", "secrets", "--env", "local", ...options];
    const { stdout, stderr } = await workplace.run([process.execPath, "--import", "tsx", ...command], {
      expect: [0, 1, 3],
    });
    said += stdout + stderr;
    return stdout + stderr;
  }

  /** Does as an operator does with a command that was printed: a file is named, and a shell runs it. */
  async function follow(printed: string, value: string): Promise<void> {
    const command = printed.split("\n").find((line) => line.includes("kubectl") && line.includes("harbor-pull"));
    mkdirSync(operators(), { recursive: true, mode: 0o700 });
    const file = join(operators(), "password");
    writeFileSync(file, `${value}\n`, { mode: 0o600 });
    const line = (command ?? "").replace(/^ *(\d+\. )?/, "").replace("<file>", file);
    const { stdout, stderr } = await workplace.run(["sh", "-c", line]);
    said += stdout + stderr;
  }

  const ours = () => pods(testbed, SELECTOR);
  const imageOfPod = ({ spec }: Pod) => spec.containers[0]?.image;

  /** A pod of that image is there, and the registry let nobody have it. */
  const refused = (tag: string) =>
    eventually(async () => {
      const pod = (await ours()).find((one) => imageOfPod(one) === imageOf(tag));
      const waiting = { reason: expect.stringMatching(PULLING_FAILED), message: expect.stringMatching(REFUSAL) };
      expect(pod?.status.containerStatuses?.map(({ state }) => state)).toEqual([{ waiting }]);
    });

  /** One pod is there, of that image, and it is Ready. */
  const ready = (tag: string) =>
    eventually(async () => {
      expect((await ours()).map((pod) => [imageOfPod(pod), isReady(pod)])).toEqual([[imageOf(tag), true]]);
      // After several refusals the node waits up to five minutes until it tries again.
    }, 600);

  const images = "/v2/platform/greeter/tags/list";

  it("is what a pod lacks that the registry refuses", async () => {
    await refused("first");
    expect(await registry.ask(images)).toBe(401);
  });

  it("lets that pod run once it is made as npm run secrets says", async () => {
    await follow(await secrets("--verify"), nodes.password);
    await ready("first");
    await deployment;
    expect(await secrets("--verify")).toMatch(/playground +harbor-pull .* present/);
  });

  it("is worth nothing any more once the password is another, and what runs goes on", async () => {
    expect(await registry.ask(images, nodes)).toBe(200);
    await registry.setAccounts([builds, nodesAnew]);
    expect(await registry.ask(images, nodes)).toBe(401);
    const before = (await ours()).map(({ metadata }) => metadata.name);
    await describeEnvironment("second");
    deployment = deploy();
    await refused("second");
    const still = (await ours()).filter((pod) => before.includes(pod.metadata.name));
    expect(still.map(isReady)).toEqual([true]);
  });

  it("lets new pods run once it is replaced as npm run secrets -- --rotate says", async () => {
    const printed = await secrets("--rotate", "harbor-pull");
    expect(printed.split("\n").map((line) => line.slice(0, 10))).toEqual([
      "1. ssh -p ",
      "2. npm run",
      "3. printf ",
      "",
    ]);
    await follow(printed, nodesAnew.password);
    await ready("second");
    await deployment;
  });

  it("is in no plan, manifest, state or log", () => {
    const { output, stateFolder = "" } = testbed.target;
    const written = [output.terraform, output.manifests, stateFolder, join(testbed.folder, "log"), folder()];
    const known = [nodes, nodesAnew].flatMap(({ user, password }) => {
      const pair = Buffer.from(`${user}:${password}`).toString("base64");
      return [password, pair, Buffer.from(password).toString("base64").slice(0, -4)];
    });
    const filesWith = (folders: readonly string[]) =>
      execFileSync("sh", ["-c", 'grep -rlF -f - -- "$@" || [ $? = 1 ]', "sh", ...folders], { input: known.join("\n") });
    expect(String(filesWith(written))).toBe("");
    expect(known.filter((text) => said.includes(text))).toEqual([]);
    // It finds one where one is.
    expect(String(filesWith([operators()]))).toBe(`${join(operators(), "password")}\n`);
  });
});

/** It is called by either name, as the node tries again and waits. */
const PULLING_FAILED = /^(ErrImagePull|ImagePullBackOff)$/;

/** What containerd says where a registry wants to know who asks. */
const REFUSAL = /401 Unauthorized|authorization failed|no basic auth credentials/;

const DOCKERFILE = `ARG BASE=docker.io/library/node:22
FROM $BASE
USER 10001:10001
ENTRYPOINT ["node", "-e", "process.on('SIGTERM', process.exit); require('node:http').createServer((_, response) => response.end('hello')).listen(8080)"]
`;
