import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands";
import { startDaemon, waitUntil } from "../daemons";
import { identityOf } from "../process-identity";
import { type ProcessRecord, readRecord, writeRecord } from "../record";
import { privateFolders } from "./private-folders";

/** Name of the real node. */
export const nodeName = "testbed-node";

/** Address of the node inside its network namespace; every testbed has its own, so they all have the same. */
export const nodeAddress = "10.128.0.10";

/** Kernel settings of the whole machine that a kubelet insists on; it gets files of its own instead. */
const kernelSettings = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

/** Makes the place that a node lives in. */
export async function startNamespaces(testbed: string, folder: string, tools: string): Promise<ProcessRecord> {
  const holder = await holdNamespaces(testbed, tools);
  await furnish(folder, enterNamespaces(holder));
  return holder;
}

/**
 * Network, mount and process namespaces of a testbed's own, held by one process. When that ends, the kernel ends every
 * process in them, and undoes every mount, address and rule. Nothing of it is visible outside.
 */
export async function holdNamespaces(testbed: string, tools: string): Promise<ProcessRecord> {
  const unshare = startDaemon(testbed, {
    name: "unshare",
    command: [
      "unshare",
      ...["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation=private", "--"],
      ...[join(tools, "tools"), "pause"],
    ],
  });
  let holder: ProcessRecord | undefined;
  await waitUntil("making namespaces", testbed, [unshare], async () => {
    const pid = Number(readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, "utf8").split(" ")[0]);
    const identity = pid > 0 ? identityOf(pid) : undefined;
    const isReady = identity !== undefined && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "tools";
    if (isReady) holder = { name: "namespaces", pid, identity };
    return isReady;
  });
  if (!holder) throw new Error("unreachable: waitUntil returns once there is a holder");
  const record = readRecord(testbed);
  if (record) writeRecord({ ...record, holder, processes: [...record.processes, holder] });
  return holder;
}

/** Prefix that runs a command as a part of the node: with its network, mounts and processes. */
export const enterNamespaces = (holder: ProcessRecord): string[] => [
  "nsenter",
  ...["net", "mnt", "pid"].map((kind) => `--${kind === "mnt" ? "mount" : kind}=/proc/${holder.pid}/ns/${kind}`),
  "--",
];

/**
 * Prefix that runs a command with the node's network only: where pods and Services have their addresses. Not with
 * `ip netns exec`, which hides the mounts of control groups.
 */
export const enterNetwork = (holder: ProcessRecord): string[] => ["nsenter", `--net=/proc/${holder.pid}/ns/net`, "--"];

async function furnish(folder: string, enter: readonly string[]): Promise<void> {
  const settings = join(folder, "kernel-settings");
  const binds = kernelSettings
    .filter((setting) => existsSync(`/proc/sys/${setting}`))
    .map((setting) => {
      const copy = join(settings, setting.replaceAll("/", "."));
      mkdirSync(settings, { recursive: true });
      writeFileSync(copy, readFileSync(`/proc/sys/${setting}`));
      return `mount -n --bind '${copy}' /proc/sys/${setting}`;
    });
  const script = [
    "set -e",
    "ip link set lo up",
    // On loopback, because some kernels have no dummy interfaces.
    `ip address add ${nodeAddress}/32 dev lo`,
    // Without a default route ClusterIPs are unreachable: packets are dropped before they are rewritten.
    "ip route add default dev lo",
    ...privateFolders(),
    // Sockets, namespaces of pods, logs.
    "mount -n -t tmpfs tmpfs /run",
    "mount -n -t tmpfs tmpfs /var/log",
    "mkdir -p /run/containerd /run/netns",
    ...binds,
    // Pods may ask for mounts that propagate.
    "mount -n --make-rshared /",
  ];
  await run([...enter, "sh", "-c", script.join("\n")]);
}
