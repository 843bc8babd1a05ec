import fc from "fast-check";
import type { EnvironmentSpec } from "../../platform/environment-spec";
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

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const names = (most: number) => fc.uniqueArray(name, { minLength: 1, maxLength: most });

/** A right environment: any number of machines, pools, namespaces and applications that fit. */
export const rightEnvironment: fc.Arbitrary<EnvironmentSpec> = fc
  .record({
    env: name,
    teams: names(4),
    namespaces: names(4),
    apps: names(8),
    servers: fc.constantFrom(1, 3, 5),
    agents: fc.integer({ min: 1, max: 9 }),
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
    return {
      name: shape.env,
      organisation: "Any",
      state: { kind: "local" },
      removal: shape.removal,
      network: { kind: "existing", domain: "any.test", reach: "internal", blocks: ["10.1.0.0/24"] },
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
      machines: {
        ...Object.fromEntries(servers.map((server, index) => [server, machine("rke2-server", `10.1.0.${index + 1}`)])),
        ...Object.fromEntries(agents.map((agent, index) => [agent, machine("rke2-agent", `10.1.0.${index + 101}`)])),
      },
      cluster: {
        distribution: "rke2",
        endpoint: "k8s.any.test",
        servers,
        pools: { general: { machines: agents } },
        gateway: { className: "traefik", proxyNamespace: "kube-system" },
      },
      registry: { host: "registry.any.test", project: "any", ...(shape.pullSecret ? { pullSecret: "pull" } : {}) },
      apps: Object.fromEntries(
        shape.apps.map((app, index) => [
          `app-${app}`,
          {
            namespace: namespaces[index % namespaces.length],
            image: "ghcr.io/acme/any:1.0.0",
            port: 8080,
            replicas: shape.replicas,
            resources: { cpu: "50m", memory: "64Mi" },
            ...(shape.routed ? { host: app } : {}),
            ...(shape.metrics ? { metrics: "/metrics" } : {}),
          },
        ]),
      ),
    } as unknown as EnvironmentSpec;
  });
