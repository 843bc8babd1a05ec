import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "../../environments/local";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { tier } from "../support/require";
import { buildImage, missing, type Testbed } from "../testbed";
import { isReady, pods } from "./support/cluster-state";
import { ROOT } from "./support/commands";
import { processOf } from "./support/container-process";
import { eventually } from "./support/eventually";
import { platformsOn } from "./support/model";
import { startOwnTestbed } from "./support/own-testbed";
import { untilRouted } from "./support/routes";
import { underLoad } from "./support/under-load";
import { Workplace } from "./support/workplace";

/** Two replicas, so that one can be lost. */
const environment: EnvironmentSpec = {
  ...local,
  callhome: undefined,
  apps: {
    "start-page": { ...local.apps?.["start-page"], replicas: 2 } as NonNullable<EnvironmentSpec["apps"]>[string],
  },
};
const SELECTOR = "app.kubernetes.io/name=start-page";

tier("node", missing(2))("the start page on a real node", () => {
  let testbed: Testbed;
  let workplace: Workplace;
  let url: string;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 2 });
    describeEnvironment(environment);
    const image = platformsOn(workplace, join(testbed.folder, "environments")).get("local")?.apps.all[0]?.image;
    if (image?.own === undefined) throw new Error("the start page has no image of our own");
    await buildImage(testbed, { folder: join(ROOT, "apps", image.own), tag: image.reference });
    await deploy();
    const address = await testbed.kubectl(
      "get",
      "service",
      "start-page",
      "--namespace=playground",
      "--output=jsonpath={.spec.clusterIP}:{.spec.ports[0].port}",
    );
    url = `http://${address.trim()}/`;
    await untilTwoAreReady();
    await untilRouted(testbed, await pods(testbed, `--selector=${SELECTOR}`));
  });
  afterAll(() => testbed?.stop());

  function describeEnvironment(spec: EnvironmentSpec): void {
    const folder = join(testbed.folder, "environments");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.ts"), `export const environments = [${JSON.stringify(spec)}];\n`);
    workplace = new Workplace(testbed, { BASTIDE_ENVIRONMENTS: folder });
  }

  const deploy = () => workplace.cdktf("deploy", "local-*", "--auto-approve");

  const exec = (pod: string, ...command: string[]) =>
    testbed.kubectl("exec", "--namespace=playground", pod, "--", ...command);

  async function podNames(): Promise<string[]> {
    const running = await pods(testbed, `--selector=${SELECTOR}`);
    return running.filter(isReady).map(({ metadata }) => metadata.name);
  }

  async function aPod(): Promise<string> {
    const [name] = await podNames();
    if (name === undefined) throw new Error("no pod of the start page is ready");
    return name;
  }

  const status = async (pod: string, path: string) =>
    (await testbed.kubectl("get", "pod", "--namespace=playground", pod, `--output=jsonpath=${path}`)).trim();

  /** Two are ready, none of those given, and no other is there. */
  const untilTwoAreReady = (without: readonly string[] = []) =>
    eventually(async () => {
      expect((await podNames()).filter((name) => !without.includes(name))).toHaveLength(2);
      expect(await pods(testbed, `--selector=${SELECTOR}`)).toHaveLength(2);
    });

  /** Requests all the while something happens, and as many as it takes to say something; what came of them. */
  async function asking(retries: number, happens: () => Promise<unknown>) {
    const client = join(__dirname, "support/patient-client.js");
    return underLoad<{ asked: number; failed: number; retried: number; failures: string[] }>(
      [...testbed.enter, process.execPath, client, url, String(retries), "150"],
      happens,
    );
  }

  it("answers over HTTP through its Service with the page of this environment", async () => {
    const page = await testbed.run([
      "curl",
      "--silent",
      "--show-error",
      "--fail",
      "--include",
      "--retry",
      "5",
      "--retry-all-errors",
      url,
    ]);
    expect(page).toContain("HTTP/1.1 200 OK");
    expect(page).toContain("content-security-policy: default-src 'none'");
    expect(page).toContain("<title>Acme Software: local</title>");
    expect(page).toContain("start.local.test");
  });

  it("runs as nobody in particular, on a root that it cannot write", async () => {
    const pod = await aPod();
    expect((await exec(pod, "id", "-u")).trim()).toBe("10001");
    await expect(exec(pod, "touch", "/app/mine")).rejects.toThrow("Read-only file system");
    expect(await exec(pod, "sh", "-c", "touch /tmp/mine && ls /tmp")).toContain("mine");
    const status = await exec(pod, "cat", "/proc/1/status");
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
  });

  it("loses no request while one of its pods is removed and replaced", async () => {
    const pod = await aPod();
    const result = await asking(0, async () => {
      await testbed.kubectl("delete", "pod", "--namespace=playground", pod);
      await untilTwoAreReady([pod]);
    });
    expect(result).toMatchObject({ failed: 0, failures: [] });
    expect(result.asked).toBeGreaterThan(100);
  });

  it("loses no request of a client that tries again while one of its processes is killed, and starts it again", async () => {
    const pod = await aPod();
    const result = await asking(5, async () => {
      process.kill(await processOf(testbed, "playground", pod), "SIGKILL");
      // Before the node has noticed, the pod counts as ready.
      await eventually(async () => expect(await status(pod, "{.status.containerStatuses[0].restartCount}")).toBe("1"));
      await untilTwoAreReady();
    });
    expect(result).toMatchObject({ failed: 0, failures: [] });
  });

  it("loses no request while a changed page is rolled out, and then shows it", async () => {
    const before = await podNames();
    describeEnvironment({ ...environment, organisation: "Acme Rolled Out" });
    const result = await asking(0, async () => {
      await deploy();
      await untilTwoAreReady(before);
    });
    expect(result).toMatchObject({ failed: 0, failures: [] });
    // An old one goes on serving until the node's proxy has heard that it is leaving.
    await eventually(async () => {
      const page = await testbed.run(["curl", "--silent", "--fail", url]);
      expect(page).toContain("<title>Acme Rolled Out: local</title>");
    });
  });

  it("leaves nothing when it is destroyed", async () => {
    await workplace.cdktf("destroy", "local-*", "--auto-approve");
    expect(await testbed.run(["helm", "list", "--all-namespaces", "--short"])).toBe("");
  });
});
