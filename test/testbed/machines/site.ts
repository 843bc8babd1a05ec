import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands";
import { enterNamespaces, enterNetwork, holdNamespaces } from "../node/namespaces";
import type { ProcessRecord } from "../record";

/** Network that machines and whoever tests them are in; every testbed has its own, so all have the same. */
export const network = { prefix: "10.77.0.", length: 24 } as const;

export type SiteAddress = `${number}.${number}.${number}.${number}`;

/** Address of whoever tests: that of the bridge, and the machines' gateway. */
export const testerAddress = `${network.prefix}1`;

/** Interface in the site's namespace that all machines are plugged into. */
export const bridge = "machines";

/** Files of a site, in the folder of its testbed. */
export const siteFiles = (folder: string) => ({
  key: join(folder, "ssh", "id_ed25519"),
  publicKey: join(folder, "ssh", "id_ed25519.pub"),
  knownHosts: join(folder, "ssh", "known_hosts"),
  config: join(folder, "ssh", "config"),
});

/** Below this, in the site's mount namespace and in memory, each machine has what it wrote. */
export const disks = "/media";

/**
 * Makes the place that machines live in: a network, mount and process namespace with a bridge, and a key pair to log in
 * with. The `ssh` that comes first in the testbed's `PATH` works from inside that network.
 */
export async function startSite(testbed: string, folder: string, tools: string): Promise<ProcessRecord> {
  const holder = await holdNamespaces(testbed, tools);
  const { key, knownHosts, config } = siteFiles(folder);
  mkdirSync(join(folder, "ssh"), { mode: 0o700 });
  const furnish = [
    "set -e",
    "ip link set lo up",
    // A hardware address of its own: otherwise it changes with the machines, which takes neighbours seconds to find out. And
    // multicast goes everywhere, as nobody here asks who listens.
    `ip link add ${bridge} address 02:00:0a:4d:00:01 type bridge mcast_snooping 0`,
    `ip address add ${testerAddress}/${network.length} dev ${bridge}`,
    `ip link set ${bridge} up`,
    `mount -n -t tmpfs -o mode=0755 tmpfs ${disks}`,
    "mount -n -t tmpfs -o mode=0755 tmpfs /run",
  ];
  await run([...enterNamespaces(holder), "sh", "-c", furnish.join("\n")]);
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", `testbed-${testbed}`, "-f", key]);
  for (const file of [knownHosts, config]) writeFileSync(file, "", { mode: 0o600 });
  const wrapper = join(folder, "bin", "ssh");
  writeFileSync(wrapper, `#!/bin/sh\nexec ${enterNetwork(holder).join(" ")} ${systemSsh()} "$@"\n`);
  chmodSync(wrapper, 0o755);
  return holder;
}

const systemSsh = (): string => ["/usr/bin/ssh", "/bin/ssh"].find((path) => existsSync(path)) ?? "ssh";
