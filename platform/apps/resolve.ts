import type { z } from "zod";
import type { Network } from "../network";
import type { Registry } from "../registry";
import type { Cidr } from "../shared/addresses";
import type { Context } from "../shared/domain";
import type { Footprint } from "../shared/footprint";
import type { RequiredSecret, SecretRef } from "../shared/secrets";
import type { appsSpec } from "./spec";

export interface Image {
  /** As the container runtime pulls it. */
  readonly reference: string;
  /** Name of the folder below `apps/` it is built from, if it is ours. */
  readonly own?: string;
  /**
   * Secret with which it is pulled.
   * @default - none: it is not from the company's registry, or that one asks for none
   */
  readonly pullSecret?: string;
  /** Names of the folders below `apps/` that could be meant, where that one does not exist. */
  readonly insteadOf?: readonly string[];
}

export interface App {
  readonly name: string;
  readonly title: string;
  readonly namespace: string;
  readonly image: Image;
  readonly port: number;
  readonly hostName?: string;
  readonly health: string;
  readonly metrics?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly calls: readonly string[];
  readonly reaches: readonly { readonly block: Cidr; readonly port: number }[];
  readonly footprint: Footprint;
}

export interface Apps {
  readonly all: readonly App[];
  readonly footprints: readonly Footprint[];
  readonly secrets: readonly RequiredSecret[];
}

export interface AppsNeeds {
  readonly network: Network;
  readonly registry: Registry;
}

/** A container may burst to this many times the processor time that it reserves. */
const CPU_BURST = 4;

/** The tag of an own image whose folder nobody has read, as in tests of the model alone. */
const UNKNOWN_TAG = "unbuilt";

export function resolveApps(spec: z.output<typeof appsSpec>, context: Context, needs: AppsNeeds): Apps {
  const all = Object.entries(spec).map(([name, entry]): App => {
    const { cpu, memory, cpuLimit, memoryLimit } = entry.resources;
    return {
      ...entry,
      name,
      title: entry.title ?? name,
      image: imageOf(entry.image, context, needs.registry),
      ...(entry.host === undefined ? {} : { hostName: `${entry.host}.${needs.network.domain}` }),
      footprint: {
        owner: ["apps", name],
        namespace: entry.namespace,
        replicas: entry.replicas,
        surge: 1,
        resources: {
          requests: { cpu, memory },
          limits: { cpu: cpuLimit ?? cpu.times(CPU_BURST), memory: memoryLimit ?? memory },
        },
        placement: entry.pool === undefined ? {} : { pool: entry.pool },
      },
    };
  });
  return { all, footprints: all.map(({ footprint }) => footprint), secrets: secretsOf(all) };
}

function imageOf(image: string | { own: string }, { ownImages }: Context, registry: Registry): Image {
  const { host, project, pullSecret } = registry;
  const pull = pullSecret === undefined ? {} : { pullSecret };
  if (typeof image === "string") return { reference: image, ...(image.startsWith(`${host}/`) ? pull : {}) };
  const missing = ownImages !== undefined && !Object.hasOwn(ownImages, image.own);
  const tag = missing ? undefined : ownImages?.[image.own];
  const reference = `${host}/${project}/${image.own}:${tag ?? UNKNOWN_TAG}`;
  return { reference, own: image.own, ...pull, ...(missing ? { insteadOf: Object.keys(ownImages) } : {}) };
}

function secretsOf(apps: readonly App[]): RequiredSecret[] {
  const own = apps.flatMap(({ name, namespace, secrets }) =>
    Object.values(secrets).map(({ secret, key }) => ({ namespace, secret, key, neededBy: `apps.${name}` })),
  );
  const pulls = apps.flatMap(({ name, namespace, image }) =>
    image.pullSecret === undefined ? [] : [{ namespace, secret: image.pullSecret, neededBy: `apps.${name}` }],
  );
  return [
    ...grouped(own).map((entries) => ({
      namespace: entries[0].namespace,
      secret: entries[0].secret,
      keys: unique(entries.map(({ key }) => key)),
      type: "Opaque" as const,
      neededBy: unique(entries.map(({ neededBy }) => neededBy)),
    })),
    ...grouped(pulls).map((entries) => ({
      namespace: entries[0].namespace,
      secret: entries[0].secret,
      keys: [".dockerconfigjson"],
      type: "kubernetes.io/dockerconfigjson" as const,
      neededBy: unique(entries.map(({ neededBy }) => neededBy)),
    })),
  ];
}

/** Entries of the same Secret together. */
function grouped<Entry extends { namespace: string; secret: string }>(
  entries: readonly Entry[],
): [Entry, ...Entry[]][] {
  const groups = new Map<string, [Entry, ...Entry[]]>();
  for (const entry of entries) {
    const name = `${entry.namespace}/${entry.secret}`;
    const group = groups.get(name);
    if (group) group.push(entry);
    else groups.set(name, [entry]);
  }
  return [...groups.values()];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
