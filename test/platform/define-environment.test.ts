import { defineEnvironment } from "../../platform/environment-spec";
import { Platform } from "../../platform/platform";
import { problemsOf } from "../support/environments";

/**
 * What must not compile. `tsc` (npm run check) fails where one of these lines compiles after all; jest only runs the file, so
 * that it is known to load, and that what compiles by force is refused at run time too.
 */
const basics = {
  name: "typed",
  organisation: "Test",
  state: { kind: "local" },
  network: { kind: "existing", domain: "typed.test", reach: "internal", blocks: ["10.0.0.0/24"] },
  registry: { host: "localhost:5000", project: "test" },
} as const satisfies Partial<Parameters<typeof defineEnvironment>[0]>;
const gateway = { className: "traefik", proxyNamespace: "kube-system" };
const machine = { provider: "existing", role: "rke2-server", address: "10.0.0.1", cpus: 4, memory: "8Gi" } as const;
const app = { image: "ghcr.io/acme/wiki:1.4.2", port: 8080, resources: { cpu: "100m", memory: "64Mi" } } as const;
const access = {
  teams: { it: { groups: ["it"], role: "platform" as const } },
  namespaces: { tools: { team: "it" as const, quota: { cpu: "1" as const, memory: "1Gi" as const } } },
};
const cluster = { distribution: "existing", nodes: { one: { cpus: 2, memory: "4Gi" } }, gateway } as const;

const database = {
  kind: "external",
  server: "pg-1",
  database: "callhome",
  user: "callhome",
  password: { secret: "callhome-database", key: "password" },
  ca: { secret: "callhome-database", key: "ca.crt" },
} as const;
const withCallhome = {
  access,
  cluster: { ...cluster, nodes: { one: { cpus: 8, memory: "16Gi" } } },
  machines: { "pg-1": { ...machine, role: "plain" } },
  databases: { callhome: database },
} as const;
const callhome = {
  namespace: "tools",
  database: "callhome",
  replicas: { least: 1, most: 1 },
  resources: { cpu: "100m", memory: "128Mi" },
  hashKey: { secret: "callhome", key: "hash-key" },
} as const;

const wrong = {
  team: () =>
    defineEnvironment({
      ...basics,
      access: {
        teams: { it: { groups: ["it"], role: "platform" } },
        // @ts-expect-error there is no team dev
        namespaces: { tools: { team: "dev", quota: { cpu: "1", memory: "1Gi" } } },
      },
    }),
  machine: () =>
    defineEnvironment({
      ...basics,
      machines: { "rke2-1": machine },
      // @ts-expect-error there is no machine rke2-9
      cluster: { distribution: "rke2", endpoint: "k8s.typed.test", servers: ["rke2-9"], pools: {}, gateway },
    }),
  namespace: () =>
    // @ts-expect-error there is no namespace toolz
    defineEnvironment({ ...basics, access, cluster, apps: { wiki: { ...app, namespace: "toolz" } } }),
  call: () =>
    // @ts-expect-error there is no application wikis
    defineEnvironment({ ...basics, access, cluster, apps: { wiki: { ...app, namespace: "tools", calls: ["wikis"] } } }),
  size: () =>
    defineEnvironment({
      ...basics,
      // @ts-expect-error a size is written in Mi, Gi or Ti
      machines: { gitlab: { ...machine, role: "plain", memory: "8GB" } },
    }),
  setting: () =>
    defineEnvironment({
      ...basics,
      access,
      cluster,
      // @ts-expect-error there is no setting replcias
      apps: { wiki: { ...app, namespace: "tools", replcias: 2 } },
    }),
  role: () =>
    defineEnvironment({
      ...basics,
      // @ts-expect-error there is no role haporxy
      machines: { "lb-1": { ...machine, role: "haporxy" } },
    }),
  pool: () =>
    defineEnvironment({
      ...basics,
      cluster,
      // @ts-expect-error there is no pool fast
      storage: { classes: { block: { kind: "ceph-block", pool: "fast", default: true } } },
    }),
  database: () =>
    // @ts-expect-error there is no database calhome
    defineEnvironment({ ...basics, ...withCallhome, callhome: { ...callhome, database: "calhome" } }),
  server: () =>
    defineEnvironment({
      ...basics,
      ...withCallhome,
      // @ts-expect-error there is no machine pg-2
      databases: { callhome: { ...database, server: "pg-2" } },
      callhome,
    }),
  homeless: () => {
    const { database: _database, ...nowhere } = callhome;
    // @ts-expect-error Callhome is told where it keeps calls
    return defineEnvironment({ ...basics, ...withCallhome, callhome: nowhere });
  },
  secret: () =>
    // @ts-expect-error a secret is named, never written down
    defineEnvironment({ ...basics, ...withCallhome, callhome: { ...callhome, hashKey: "x".repeat(32) } }),
  missing: () => {
    const { image: _image, ...imageless } = app;
    // @ts-expect-error an application names its image
    return defineEnvironment({ ...basics, access, cluster, apps: { wiki: { ...imageless, namespace: "tools" } } });
  },
};

/** Where each is told to be. */
const PATHS: Record<keyof typeof wrong, readonly string[]> = {
  team: ["typed.access.namespaces.tools.team"],
  machine: ["typed.cluster.servers[0]", "typed.machines.rke2-1.role"],
  namespace: ["typed.apps.wiki.namespace"],
  call: ["typed.apps.wiki.calls[0]"],
  size: ["typed.machines.gitlab.memory"],
  setting: ["typed.apps.wiki.replcias"],
  role: ["typed.machines.lb-1.role"],
  pool: ["typed.storage.classes.block.pool"],
  database: ["typed.callhome.database"],
  server: ["typed.databases.callhome.server"],
  homeless: ["typed.callhome.database"],
  secret: ["typed.callhome.hashKey"],
  missing: ["typed.apps.wiki.image"],
};

test.each(Object.entries(wrong))("fails at run time too for a wrong %s", (name, build) => {
  expect(problemsOf(build()).map(({ path }) => path)).toEqual(PATHS[name as keyof typeof wrong]);
});

test("what is right compiles and is accepted", () => {
  const right = defineEnvironment({
    ...basics,
    access,
    cluster,
    apps: { wiki: { ...app, namespace: "tools", calls: ["wiki"] } },
  });
  expect(Platform.of(right).apps.all.map(({ name }) => name)).toEqual(["wiki"]);
});

test("what is right of databases and Callhome compiles and is accepted", () => {
  const right = defineEnvironment({ ...basics, ...withCallhome, callhome });
  expect(Platform.of(right).callhome?.database?.host).toBe("pg-1.typed.test");
});
