import type { z } from "zod";
import type { Network } from "../network";
import type { Context, Removal } from "../shared/domain";
import { BUCKETS, type MadeName } from "../shared/made-names";
import { ByteSize } from "../shared/quantities";
import { type InstanceTypeName, instanceTypes } from "../versions/instance-types";
import type { FurtherPort } from "./open-ports";
import type { machineRoles, machinesSpec } from "./spec";

export type MachineRole = (typeof machineRoles)[number];

interface MachineBasics {
  /** Its key in the environment, and its host name. */
  readonly name: string;
  /** `<name>.<domain>`; in AWS `<name>.machines.<domain>`. */
  readonly hostName: string;
  readonly role: MachineRole;
  readonly cpus: number;
  readonly memory: ByteSize;
  /** What listens there besides what the model knows of. */
  readonly open: readonly FurtherPort[];
  readonly note?: string;
  readonly formerly?: string;
}

export interface Disk {
  readonly path: string;
  readonly size: ByteSize;
  readonly use: "storage" | "data";
}

/** How a machine is reached. Keys are named, never held. */
export interface SshAccess {
  readonly user: string;
  readonly port: number;
  /** Users of what runs there, who sign in by keys that their program keeps. */
  readonly furtherUsers: readonly string[];
  /** Public key of the host; nothing where the known_hosts of whoever applies decides. */
  readonly hostKey?: string;
  /** Path of a private key on the computer of whoever applies. */
  readonly keyFile?: string;
}

export interface ExistingMachine extends MachineBasics {
  readonly provider: "existing";
  readonly address: string;
  readonly ssh: SshAccess;
  readonly disks: readonly Disk[];
}

export interface Ec2Machine extends MachineBasics {
  readonly provider: "ec2";
  readonly instanceType: InstanceTypeName;
  /** Letter of its zone. */
  readonly zone: string;
  readonly image: string;
  readonly rootDisk: ByteSize;
  /** Its private address; nothing where AWS chooses one. */
  readonly address?: string;
  readonly removal: Removal;
}

export type Machine = ExistingMachine | Ec2Machine;

/** Roles of machines that people or pipelines administer the cluster from. */
const ADMINISTERING: readonly MachineRole[] = ["bastion", "runner"];

/** Whether machines of a role reach the API server of a cluster in their network. */
export function administers(role: MachineRole): boolean {
  return ADMINISTERING.includes(role);
}

/** Roles that keep data which exists nowhere else. */
const STATEFUL: ReadonlySet<MachineRole> = new Set(["harbor", "s3-store", "nfs-server"]);

export function keepsData({ role }: Machine): boolean {
  return STATEFUL.has(role);
}

/** How other machines reach a machine: by its address where that is known, otherwise by its name. */
export function reachedBy(machine: Machine): string {
  return machine.address ?? machine.hostName;
}

/** Whether a host, by its name or by its address, is this machine. */
export function isHost({ hostName, address }: Machine, host: string): boolean {
  return host === hostName || host === address;
}

export interface Machines {
  readonly all: readonly Machine[];
  /** Bucket that machines in AWS get their roles from; nothing where none is in AWS. */
  readonly programBucket: string | undefined;
  /** Domain of the machines in AWS, which only their VPC knows. */
  readonly privateDomain: string;
  readonly names: readonly MadeName[];
}

export function resolveMachines(
  spec: z.output<typeof machinesSpec>,
  { environment, removal }: Context,
  { network }: { network: Network },
): Machines {
  // A zone of the domain itself would hide in the VPC what the world sees under it.
  const privateDomain = `machines.${network.domain}`;
  const inAws = network.kind === "vpc" && Object.values(spec).some(({ provider }) => provider === "ec2");
  const programBucket = inAws ? `${environment}-machine-programs-${network.account}` : undefined;
  return {
    privateDomain,
    programBucket,
    names: programBucket === undefined ? [] : [{ scope: BUCKETS, name: programBucket, path: ["machines"] }],
    all: Object.entries(spec).map(([name, machine]): Machine => {
      const hostName = `${name}.${machine.provider === "ec2" ? privateDomain : network.domain}`;
      const open = Object.entries(machine.open).map(([key, { from, ...one }]) => ({
        ...one,
        name: key,
        from: from ?? network.blocks,
      }));
      if (machine.provider === "existing") {
        const disks = Object.entries(machine.disks).map(([path, disk]) => ({ path, ...disk }));
        return { ...machine, name, hostName, open, disks };
      }
      const { cpus, memoryGiB } = instanceTypes[machine.instanceType];
      const memory = ByteSize.gibibytes(memoryGiB);
      return { ...machine, name, hostName, open, cpus, memory, removal: machine.removal ?? removal };
    }),
  };
}
