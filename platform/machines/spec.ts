import { z } from "zod";
import { byteSize, ipAddress, label, pattern } from "../shared/fields";
import { instanceTypeNames } from "../versions/instance-types";

/** The one thing a machine is for. `plain`: kept as it is, only the common base is managed. */
export const machineRoles = [
  "rke2-server",
  "rke2-agent",
  "haproxy",
  "harbor",
  "s3-store",
  "nfs-server",
  "bastion",
  "runner",
  "plain",
] as const;

const disk = z.strictObject({
  size: byteSize(),
  /** What the disk is for: `storage` is handed to the storage cluster whole, `data` is mounted by the machine's role. */
  use: z.enum(["storage", "data"]),
});

/** A host that exists already and is reached over SSH. */
const existingMachine = z.strictObject({
  provider: z.literal("existing"),
  role: z.enum(machineRoles),
  address: ipAddress(),
  cpus: z.int().min(1),
  memory: byteSize(),
  /** Further disks by stable path, `/dev/disk/by-id/...`. */
  disks: z
    .record(
      pattern(
        /^\/dev\/disk\/by-[a-z]+\/[^/]+$/,
        "names like /dev/sdb change from boot to boot",
        "name the disk by its link below /dev/disk/by-id",
      ),
      disk,
    )
    .default({}),
  /** What runs there, for readers of the start page. */
  note: z.string().optional(),
});

/** An EC2 instance that Bastide makes. */
const ec2Machine = z.strictObject({
  provider: z.literal("ec2"),
  role: z.enum(machineRoles),
  instanceType: z.enum(instanceTypeNames),
  /** Letter of its availability zone. */
  zone: pattern(/^[a-f]$/, "a zone is written as its letter alone", "write it like a"),
  /** AMI; pinned, because a moving one replaces the machine. */
  image: pattern(/^ami-[0-9a-f]{8,17}$/, "that is no image id", "write it like ami-0123456789abcdef0"),
  rootDisk: byteSize().prefault("30Gi"),
  note: z.string().optional(),
  /** Former key of this machine: it is then moved, not replaced. */
  formerly: label().optional(),
});

export const machinesSpec = z
  .record(label(), z.discriminatedUnion("provider", [existingMachine, ec2Machine]))
  .default({});
