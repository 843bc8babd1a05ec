import { z } from "zod";
import { byteSize, checkedText, ipAddress, label, pattern, port, removal } from "../shared/fields";
import { LOGIN_NAME } from "../shared/names";
import { instanceTypeNames } from "../versions/instance-types";
import { furtherPort } from "./open-ports";

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

/** Why a disk is not known for good by `path`, or not in a script; nothing if it is. */
function diskFault(path: string): string | undefined {
  if (!path.startsWith("/dev/disk/by-")) return "names like /dev/sdb change from boot to boot";
  if (!/^\/dev\/disk\/by-[a-z]+\/[\w.:@+=-]+$/.test(path))
    return "a link to a disk consists of letters, digits and _.:@+=-";
  return undefined;
}

const disk = z.strictObject({
  size: byteSize(),
  /** What the disk is for: `storage` is handed to the storage cluster whole, `data` is mounted by the machine's role. */
  use: z.enum(["storage", "data"]),
});

/**
 * What stays open beside what the model knows of, by what listens there: the firewall closes everything else.
 * The port of a database in `databases` is open to its clients already.
 */
const open = z.record(label(), furtherPort).default({});

/** A host that exists already and is reached over SSH. */
const existingMachine = z.strictObject({
  provider: z.literal("existing"),
  role: z.enum(machineRoles),
  address: ipAddress(),
  /** How it is reached for an application of its role. */
  ssh: z
    .strictObject({
      /** A user that exists there already and may use sudo without a password. */
      user: pattern(LOGIN_NAME, "that is no name of a user", "write it like admin").default("bastide"),
      port: port().default(22),
      /**
       * Users of what runs there that sign in too, like `git` of a GitLab: by keys that their program keeps in their `.ssh/authorized_keys`.
       * @default - none: people, and the user above
       */
      furtherUsers: z.array(pattern(LOGIN_NAME, "that is no name of a user", "write it like git")).default([]),
      /**
       * Public key of the host, as `ssh-keyscan` prints it behind the address. With it nothing else is trusted.
       * @default - what the known_hosts of whoever applies says; a host that is not in it is refused
       */
      hostKey: pattern(
        /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|rsa-sha2-(256|512)) [A-Za-z0-9+/]+=*$/,
        "a host's key is its type and its text, without address or comment",
        "copy it from the machine's /etc/ssh/ssh_host_ed25519_key.pub, like ssh-ed25519 AAAA...",
      ).optional(),
      /**
       * Path of the private key on the computer of whoever applies; never its content.
       * @default - the agent's and ssh's own
       */
      keyFile: pattern(
        /^(~?\/|\.)[\w./@-]+$/,
        "that is no path of a file",
        "write it like ~/.ssh/id_ed25519",
      ).optional(),
    })
    .prefault({}),
  open,
  cpus: z.int().min(1),
  memory: byteSize(),
  /** Further disks by stable path, `/dev/disk/by-id/...`. */
  disks: z.record(checkedText(diskFault, "name the disk by its link below /dev/disk/by-id"), disk).default({}),
  /** What runs there, for readers of the start page. */
  note: z.string().optional(),
  /** Former key of this machine: what Terraform knows of it is then moved. */
  formerly: label().optional(),
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
  /**
   * Its private address, within its zone's private subnet: for roles that others are told the address of.
   * @default - AWS chooses one
   */
  address: ipAddress().optional(),
  open,
  note: z.string().optional(),
  /**
   * Whether it, and its disk, outlives its description.
   * @default - what the environment's `removal` says
   */
  removal: removal().optional(),
  /** Former key of this machine: it is then moved, not replaced. */
  formerly: label().optional(),
});

export const machinesSpec = z
  .record(label(), z.discriminatedUnion("provider", [existingMachine, ec2Machine]))
  .default({});
