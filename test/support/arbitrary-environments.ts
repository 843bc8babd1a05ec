import fc from "fast-check";
import { appNameFault } from "../../platform/apps/names";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { isReservedRelease } from "../../platform/shared/release-names";
import { type Draft, examples } from "./environments";

/** Values that somebody may write anywhere, most of them wrong. */
const anyValue = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "a",
    "A_b",
    "x".repeat(70),
    "é",
    "\u0000",
    "__proto__",
    "constructor",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "10.10.0.11",
    "50Gi",
    "0Gi",
    "999999Ti",
    "250m",
    "7d",
    "it",
    "dev",
    "rke2-1",
    "node-1",
    "general",
    "start-page",
    "internal-tools",
    "eks",
    "rke2",
    "existing",
    "ec2",
    "1.34",
    "a.b",
    "/x",
    "ghcr.io/a/b:1",
  ),
  fc.constantFrom<unknown>(
    0,
    1,
    -1,
    2,
    7,
    1.5,
    80,
    8080,
    70_000,
    Number.MAX_SAFE_INTEGER,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    false,
    null,
    undefined,
    [],
    {},
    [[]],
    [null],
    { a: {} },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Edit {
  /** Where to go: at each level the key at this place, counted around. */
  readonly turns: readonly number[];
  readonly act: "replace" | "remove" | "add" | "copy" | "tweak";
  readonly key: string;
  readonly value: unknown;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  turns: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }),
  act: fc.constantFrom("replace", "remove", "add", "copy", "tweak", "tweak"),
  key: fc.oneof(
    fc.constantFrom("wiki", "formerly", "pool", "host", "removal", "toString", "__proto__", "length"),
    fc.string({ maxLength: 12 }),
  ),
  value: anyValue,
});

/** An example with a few edits anywhere in it: from almost right to hopeless. */
export const editedEnvironment: fc.Arbitrary<EnvironmentSpec> = fc
  .tuple(fc.constantFrom(...Object.values(examples)), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([example, edits]) => {
    const draft = structuredClone(example) as Draft;
    for (const one of edits) apply(draft, one);
    return draft;
  });

function apply(draft: Draft, { turns, act, key, value }: Edit): void {
  let place = draft;
  for (const turn of turns.slice(0, -1)) {
    const next = childOf(place, turn);
    if (typeof next !== "object" || next === null) break;
    place = next;
  }
  const keys = Object.keys(place);
  const chosen = keys[(turns.at(-1) ?? 0) % Math.max(1, keys.length)];
  if (act === "add" && Array.isArray(place)) place.push(value);
  else if (act === "add") place[key] = value;
  else if (chosen === undefined) return;
  else if (act === "remove") delete place[chosen];
  else if (act === "copy") place[`${chosen}-copy`] = structuredClone(place[chosen]);
  else place[chosen] = act === "tweak" ? tweaked(place[chosen]) : value;
}

/** Nearly the same: what somebody changes on purpose, often rightly. */
function tweaked(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
  return value;
}

function childOf(place: Draft, turn: number): unknown {
  const values = Object.values(place);
  return values[turn % Math.max(1, values.length)];
}

/** Any name that an object or a host may have, awkward ones often. */
const label = (most: number) =>
  fc.oneof(
    fc.stringMatching(new RegExp(`^[a-z0-9]([a-z0-9-]{0,${Math.min(10, most - 2)}}[a-z0-9])?$`)),
    fc.constantFrom("0", "2048", "3-d", "a--b", "default-2", "9".repeat(most), "x".repeat(most)),
  );
const labels = (most: number, longest: number) => fc.uniqueArray(label(longest), { minLength: 1, maxLength: most });

/** Any name that an application may have: it begins with a letter, and is none that its namespace or the platform uses. */
const appNames = fc
  .uniqueArray(
    fc.oneof(fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/), fc.constantFrom("a--b", "x".repeat(46), "web-2")),
    { minLength: 1, maxLength: 8 },
  )
  .map((names) => names.filter((name) => appNameFault(name) === undefined && !isReservedRelease(name)));

const taints = fc.constantFrom<string[]>(
  [],
  ["dedicated=any:NoSchedule"],
  ["CriticalAddonsOnly=true:NoExecute", "CriticalAddonsOnly=true:NoSchedule"],
  ["acme.example/gpu:PreferNoSchedule", "spot=:NoSchedule"],
);

const existingNetwork = { kind: "existing", domain: "any.test", reach: "internal", blocks: ["10.1.0.0/24"] };
const vpc = {
  kind: "vpc",
  domain: "any.test",
  reach: "internal",
  account: "123456789012",
  region: "eu-central-1",
  block: "10.20.0.0/16",
  zones: ["a", "b"],
};

/** A right environment: any number of machines, pools, namespaces and applications that fit. */
export const rightEnvironment: fc.Arbitrary<EnvironmentSpec> = fc
  .record({
    env: label(20),
    distribution: fc.constantFrom("eks" as const, "rke2" as const, "existing" as const),
    teams: labels(4, 63),
    namespaces: labels(4, 60),
    apps: appNames,
    taints,
    calls: fc.boolean(),
    servers: fc.constantFrom(1, 3, 5),
    agents: fc.integer({ min: 2, max: 9 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    removal: fc.constantFrom("keep" as const, "destroy" as const),
    routed: fc.boolean(),
    metrics: fc.boolean(),
    pullSecret: fc.boolean(),
  })
  .map((shape) => {
    const machine = (role: string, address: string) => ({
      provider: "existing",
      role,
      address,
      cpus: 8,
      memory: "32Gi",
    });
    const servers = Array.from({ length: shape.servers }, (_, index) => `server-${index}`);
    const agents = Array.from({ length: shape.agents }, (_, index) => `agent-${index}`);
    const namespaces = shape.namespaces.map((one) => `ns-${one}`);
    const clusters = {
      eks: {
        distribution: "eks",
        pools: {
          general: { instanceType: "m6i.2xlarge", least: 3, most: 5 },
          special: { instanceType: "m6i.2xlarge", least: 3, most: 3, taints: shape.taints },
        },
        admins: ["arn:aws:iam::123456789012:role/any"],
      },
      rke2: {
        distribution: "rke2",
        endpoint: "api.any.test",
        servers,
        pools: {
          general: { machines: agents.slice(0, 1) },
          special: { machines: agents.slice(1), taints: shape.taints },
        },
      },
      existing: {
        distribution: "existing",
        nodes: { one: { cpus: 8, memory: "32Gi" }, two: { cpus: 8, memory: "32Gi", taints: shape.taints } },
      },
    };
    return {
      name: shape.env,
      organisation: "Any",
      state: { kind: "local" },
      removal: shape.removal,
      network: shape.distribution === "eks" ? vpc : existingNetwork,
      access: {
        teams: Object.fromEntries(
          shape.teams.map((team, index) => [team, { groups: [team], role: index === 0 ? "platform" : "developers" }]),
        ),
        namespaces: Object.fromEntries(
          namespaces.map((namespace, index) => [
            namespace,
            { team: shape.teams[index % shape.teams.length], quota: { cpu: "64", memory: "64Gi" } },
          ]),
        ),
      },
      machines:
        shape.distribution === "rke2"
          ? {
              ...Object.fromEntries(servers.map((one, index) => [one, machine("rke2-server", `10.1.0.${index + 1}`)])),
              ...Object.fromEntries(agents.map((one, index) => [one, machine("rke2-agent", `10.1.0.${index + 101}`)])),
            }
          : {},
      cluster: { ...clusters[shape.distribution], gateway: { className: "traefik", proxyNamespace: "kube-system" } },
      registry: { host: "registry.any.test", project: "any", ...(shape.pullSecret ? { pullSecret: "pull" } : {}) },
      apps: Object.fromEntries(
        shape.apps.map((app, index) => [
          app,
          {
            namespace: namespaces[index % namespaces.length],
            image: "ghcr.io/acme/any:1.0.0",
            port: 8080,
            replicas: shape.replicas,
            resources: { cpu: "50m", memory: "64Mi" },
            ...(shape.routed ? { host: `h-${app}` } : {}),
            ...(shape.calls ? { calls: [shape.apps[0]] } : {}),
            ...(shape.distribution === "existing" ? {} : { pool: index % 2 === 0 ? "general" : "special" }),
            ...(shape.metrics ? { metrics: "/metrics" } : {}),
          },
        ]),
      ),
    } as unknown as EnvironmentSpec;
  });
