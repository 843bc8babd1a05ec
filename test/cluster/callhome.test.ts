import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { local } from "../../environments/local";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { tier } from "../support/require";
import { buildImage, missing, nodeName, type Testbed } from "../testbed";
import { podRange } from "../testbed/node/containerd";
import { callhomeContext } from "./support/callhome-image";
import { isReady, pods } from "./support/cluster-state";
import { processOf } from "./support/container-process";
import { eventually } from "./support/eventually";
import { platformsOn } from "./support/model";
import { NodePostgres, postgresNeeds } from "./support/node-postgres";
import { startOwnTestbed } from "./support/own-testbed";
import { untilRouted } from "./support/routes";
import { underLoad } from "./support/under-load";
import { Workplace } from "./support/workplace";

const NAMESPACE = "playground";
const SELECTOR = "--selector=app.kubernetes.io/name=callhome";

/** The version that is rolled out; it has a migration more. */
const NEXT = "localhost:5000/platform/callhome:next";

/** `local` with a database as production has it: a server beside the cluster, reached by TLS, and replicas that share it. */
function environmentWith({ host, port }: NodePostgres, image?: string): EnvironmentSpec {
  return {
    ...local,
    cluster: { ...local.cluster, podBlock: podRange } as EnvironmentSpec["cluster"],
    apps: {},
    databases: {
      callhome: {
        kind: "external",
        server: { host, block: `${host}/32` },
        port,
        database: "callhome",
        user: "callhome",
        password: { secret: "callhome-database", key: "password" },
        ca: { secret: "callhome-database", key: "ca.crt" },
      },
    } as EnvironmentSpec["databases"],
    callhome: {
      namespace: NAMESPACE,
      database: "callhome",
      replicas: { least: 2, most: 3 },
      resources: { cpu: "100m", cpuLimit: "1", memory: "256Mi" },
      hashKey: { secret: "callhome", key: "hash-key" },
      products: [{ name: "workbench", latest: "3.4.0", legacy: { paths: ["/callhome.php"], body: "OK, thanks" } }],
      ...(image === undefined ? {} : { image }),
    },
  };
}

tier("node", [...missing(2), ...postgresNeeds()])("Callhome on a real node", () => {
  let testbed: Testbed;
  let workplace: Workplace;
  let database: NodePostgres;
  let context: string;
  let url: string;
  /** Calls that were acknowledged so far. */
  let acknowledged = 0;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 2 });
    database = await NodePostgres.start(testbed);
    describeEnvironment(environmentWith(database));
    const image = platformsOn(workplace, folder()).get("local")?.callhome?.workload.image.reference ?? "";
    context = await callhomeContext(image.split(":").at(-1) ?? "");
    await buildImage(testbed, { folder: context, tag: image, buildArgs: { COMMIT: "first" } });
    await Promise.all([workplace.cdktf("deploy", "local-*", "--auto-approve"), deliverSecrets()]);
    await untilReady();
    const address = "--output=jsonpath={.spec.clusterIP}:{.spec.ports[0].port}";
    url = `http://${(await kubectl("get", "service", "callhome", address)).trim()}`;
    // Until the node's proxy has the rules for both, one replica may get everything, or a first call be refused.
    await untilRouted(testbed, await pods(testbed, SELECTOR));
  });
  afterAll(async () => {
    await database?.stop();
    await testbed?.stop();
  });

  const folder = () => join(testbed.folder, "environments");
  const kubectl = (...args: string[]) => testbed.kubectl("--namespace", NAMESPACE, ...args);
  const exec = (pod: string, ...command: string[]) => kubectl("exec", pod, "--", ...command);

  function describeEnvironment(spec: EnvironmentSpec): void {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "index.ts"), `export const environments = [${JSON.stringify(spec)}];\n`);
    workplace = new Workplace(testbed, { BASTIDE_ENVIRONMENTS: folder() });
  }

  /** As an operator does it: as soon as the deployment has made the namespace, while it waits for the pods. */
  async function deliverSecrets(): Promise<void> {
    await eventually(() => kubectl("get", "namespace", NAMESPACE), 900);
    const files = join(testbed.folder, "secrets");
    mkdirSync(files, { mode: 0o700 });
    const secrets = {
      callhome: { "hash-key": "for this test alone, and long enough" },
      "callhome-database": { password: database.password, "ca.crt": database.authority },
    };
    for (const [name, entries] of Object.entries(secrets)) {
      const flags = Object.entries(entries).map(([key, value]) => {
        writeFileSync(join(files, key), value, { mode: 0o600 });
        return `--from-file=${key}=${join(files, key)}`;
      });
      await kubectl("create", "secret", "generic", name, ...flags);
    }
  }

  async function readyPods(): Promise<string[]> {
    return (await pods(testbed, SELECTOR)).filter(isReady).map(({ metadata }) => metadata.name);
  }

  async function aPod(): Promise<string> {
    const [name] = await readyPods();
    if (name === undefined) throw new Error("no replica of Callhome is ready");
    return name;
  }

  /** Two replicas are ready, none of those given, and no other is there. */
  const untilReady = (without: readonly string[] = []) =>
    eventually(async () => {
      const ready = await readyPods();
      expect(ready.filter((name) => !without.includes(name))).toHaveLength(2);
      expect(await pods(testbed, SELECTOR)).toHaveLength(2);
    });

  /** Whether the cluster let a drain take the pod; the disruption budget may refuse. */
  async function evict(name: string): Promise<boolean> {
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: NAMESPACE } };
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`;
    try {
      await testbed.run(["kubectl", "create", "--raw", path, "-f", "-"], { input: JSON.stringify(eviction) });
      return true;
    } catch (error) {
      expect(String(error)).toContain("disruption budget");
      return false;
    }
  }

  /** Calls all the while something happens, and as often as it takes to say something; what came of them. */
  async function calling(happens: () => Promise<unknown>) {
    const client = join(__dirname, "support/calling-client.js");
    const result = await underLoad<{ acknowledged: number; requests: number; failed: number; retried: number }>(
      [...testbed.enter, process.execPath, client, url, "12", "60"],
      happens,
    );
    acknowledged += result.acknowledged;
    return result;
  }

  /** Each acknowledged call is in the database, once. */
  async function expectAllStored(): Promise<void> {
    expect(await database.sql("SELECT count(*) || ' ' || count(DISTINCT id) FROM call")).toBe(
      `${acknowledged} ${acknowledged}`,
    );
  }

  it("takes calls through its Service, on two replicas that found the schema made", async () => {
    const result = await calling(() => sleep(1000));
    expect(result).toMatchObject({ failed: 0, retried: 0 });
    expect(result.acknowledged).toBeGreaterThan(50);
    await expectAllStored();
    await eventually(async () => {
      const jobs = await kubectl("get", "jobs", "--output=jsonpath={.items[*].status.succeeded}");
      expect(jobs.trim()).toBe("1");
    });
    const taken = await Promise.all((await readyPods()).map((pod) => exec(pod, "node", "-e", METRICS)));
    expect(taken.filter((text) => /callhome_calls_total\{[^}]*accepted[^}]*\} [1-9]/.test(text))).toHaveLength(2);
  });

  it("answers what it should on the way of calls, and shows its figures elsewhere", async () => {
    const asked = (path: string) => testbed.run(["curl", "--silent", "--write-out", " %{http_code}", `${url}${path}`]);
    expect(await asked("/callhome.php?version=3.4.0&instance=12345678&product=workbench")).toBe("OK, thanks 200");
    acknowledged += 1;
    expect(await asked("/metrics")).toMatch(/ 404$/);
    expect(await asked("/health")).toMatch(/ 404$/);
    const tls = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'callhome'";
    await eventually(async () => {
      const report = JSON.parse(await exec(await aPod(), "node", "-e", HEALTH));
      expect(report).toMatchObject({ ready: true, commit: "first", database: { kind: "postgres", connected: true } });
      // A connection that nobody used for a minute is closed: the question before opened one.
      expect(await database.sql(tls)).toBe("t");
    });
  });

  it("runs as nobody in particular, within its limits, on a root that it cannot write", async () => {
    const pod = await aPod();
    expect((await exec(pod, "id", "-u")).trim()).toBe("10001");
    await expect(exec(pod, "touch", "/app/mine")).rejects.toThrow("Read-only file system");
    await expect(exec(pod, "touch", "/data")).rejects.toThrow("Read-only file system");
    const status = await exec(pod, "cat", "/proc/1/status");
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    const { spec } = JSON.parse(await kubectl("get", "pod", pod, "--output=json"));
    const [{ resources, livenessProbe, readinessProbe }] = spec.containers;
    expect(resources).toEqual({ requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "256Mi" } });
    expect(livenessProbe.httpGet).toMatchObject({ path: "/livez", port: "operations" });
    expect(readinessProbe.httpGet).toMatchObject({ path: "/readyz", port: "http" });
    expect(spec.automountServiceAccountToken).toBe(false);
    await kubectl("get", "networkpolicies", "callhome", "callhome-migrate");
  });

  it("loses no call and fails no request while one of its processes is killed, and starts it again", async () => {
    const pod = await aPod();
    const restarts = "--output=jsonpath={.status.containerStatuses[0].restartCount}";
    const result = await calling(async () => {
      process.kill(await processOf(testbed, NAMESPACE, pod), "SIGKILL");
      // Before the node has noticed, the replica counts as ready.
      await eventually(async () => expect((await kubectl("get", "pod", pod, restarts)).trim()).toBe("1"));
      await untilReady();
    });
    expect(result).toMatchObject({ failed: 0 });
    await expectAllStored();
  });

  it("loses no call and fails no request while its node is drained, which takes one replica at a time", async () => {
    const [one = "", other = ""] = await readyPods();
    const refused: boolean[] = [];
    const result = await calling(async () => {
      // As a drain does; and so no new replica is ready before the second was asked for.
      await testbed.kubectl("cordon", nodeName);
      // The budget is counted anew after the replicas have changed.
      await eventually(async () => expect(await evict(one)).toBe(true));
      refused.push(!(await evict(other)));
      await testbed.kubectl("uncordon", nodeName);
      await eventually(async () => expect(await evict(other)).toBe(true));
      await untilReady([one, other]);
    });
    expect(refused).toEqual([true]);
    expect(result).toMatchObject({ failed: 0 });
    await expectAllStored();
  });

  it("loses no call and fails no request while a version with another schema is rolled out", async () => {
    const before = await readyPods();
    const next = join(testbed.folder, "next");
    cpSync(context, next, { recursive: true });
    const migrations = join(next, "image/staged/migrations");
    writeFileSync(join(migrations, await nextMigration()), "CREATE TABLE rolled_out ();\n");
    await buildImage(testbed, { folder: next, tag: NEXT, buildArgs: { COMMIT: "second" } });
    describeEnvironment(environmentWith(database, NEXT));
    await workplace.synth();
    const result = await calling(async () => {
      await workplace.terraform("local-releases", ["apply", "-auto-approve", "-input=false", "-no-color"]);
      await untilReady(before);
    });
    expect(result).toMatchObject({ failed: 0 });
    expect(result.acknowledged).toBeGreaterThan(100);
    await expectAllStored();
    expect(JSON.parse(await exec(await aPod(), "node", "-e", HEALTH))).toMatchObject({ commit: "second", ready: true });
    expect(await database.sql("SELECT to_regclass('rolled_out') IS NOT NULL")).toBe("t");
    await eventually(async () =>
      expect((await kubectl("get", "jobs", "--output=name")).trim().split("\n")).toHaveLength(1),
    );
  });

  /** File of the migration after the newest. */
  async function nextMigration(): Promise<string> {
    const newest = Number(await database.sql("SELECT max(version) FROM schema_migration"));
    return `${String(newest + 1).padStart(4, "0")}-rolled-out.sql`;
  }
});

const asking = (path: string, accept: string) =>
  `fetch("http://127.0.0.1:9090${path}", { headers: { accept: "${accept}" } }).then((a) => a.text()).then(console.log)`;
const METRICS = asking("/metrics", "text/plain");
const HEALTH = asking("/health", "application/json");
