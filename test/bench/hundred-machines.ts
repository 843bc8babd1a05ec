import { onprem } from "../../environments/onprem";
import type { EnvironmentSpec } from "../../platform/environment-spec";

/** A pair of load balancers, a Harbor, a store and a file server each. */
const SETS = 12;
const ALL = 100;

/**
 * The example `onprem` with so much more of every role that it has a hundred machines; a quarter of them is plain.
 *
 * @throws Error where the example has no machine to take a role's data from
 */
export function hundredMachines(): EnvironmentSpec {
  const { machines = {}, services = {}, ...rest } = onprem;
  const like = (name: string, address: string) => {
    const machine = machines[name];
    if (machine?.provider !== "existing") throw new Error(`the example has no host ${name}`);
    return { ...machine, address } as typeof machine;
  };
  const more: Record<string, unknown> = {};
  const served: Record<string, unknown> = {};
  for (let set = 1; set <= SETS; set++) {
    const name = (role: string) => `${role}-set-${set}`;
    const address = (place: number) => `10.10.${10 + set}.${place}` as const;
    const roles = ["lb-1", "lb-2", "harbor", "s3-1", "nfs-1"];
    for (const [place, role] of roles.entries()) more[name(role)] = like(role, address(10 + place));
    const storage = (bucket: string) => ({ kind: "s3", service: name("store"), bucket });
    const virtualAddress = { address: address(100), routerId: 100 + set };
    served[name("front")] = { ...services.front, machines: [name("lb-1"), name("lb-2")], virtualAddress };
    served[name("store")] = { ...services.store, machine: name("s3-1") };
    served[name("files")] = { ...services.files, machine: name("nfs-1") };
    served[name("images")] = {
      ...services.images,
      machine: name("harbor"),
      url: `https://harbor-${set}.corp.acme.example`,
      storage: storage("harbor-images"),
      backup: storage("harbor-backups"),
    };
  }
  const plain = ALL - Object.keys(machines).length - Object.keys(more).length;
  for (let place = 1; place <= plain; place++) more[`plain-${place}`] = like("gitlab", `10.10.40.${place}`);
  return {
    ...rest,
    network: { ...onprem.network, blocks: ["10.10.0.0/16"] },
    base: { ...onprem.base, rebootWindow: { from: "22:00", everyMinutes: 10 } },
    machines: { ...machines, ...more },
    services: { ...services, ...served },
  } as EnvironmentSpec;
}
