import type { z } from "zod";
import type { Network } from "../network";
import { imageOf, pullSecretOf, type Registry } from "../registry";
import type { Context } from "../shared/domain";
import { CPU_BURST, type Footprint } from "../shared/footprint";
import { type MadeName, objectsIn } from "../shared/made-names";
import { entriesOf, type RequiredSecret } from "../shared/secrets";
import type { Workload } from "../shared/workload";
import type { appsSpec } from "./spec";

/** An application of the developers: a workload, and whom of the others it calls. */
export interface App extends Workload {
  readonly calls: readonly string[];
}

export interface Apps {
  readonly all: readonly App[];
  readonly footprints: readonly Footprint[];
  readonly secrets: readonly RequiredSecret[];
  readonly names: readonly MadeName[];
}

export interface AppsNeeds {
  readonly network: Network;
  readonly registry: Registry;
}

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
        counted: ["apps", name, "replicas"],
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
  const names = all.map(({ name, namespace }) => ({ scope: objectsIn(namespace), name, path: ["apps", name] }));
  return { all, footprints: all.map(({ footprint }) => footprint), secrets: secretsOf(all), names };
}

function secretsOf(apps: readonly App[]): RequiredSecret[] {
  return apps.flatMap(({ name, namespace, secrets, image }) => {
    const neededBy = `apps.${name}`;
    return [...entriesOf(Object.values(secrets), { namespace, neededBy }), ...pullSecretOf(image, namespace, neededBy)];
  });
}
