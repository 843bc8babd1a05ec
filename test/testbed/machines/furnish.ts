import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../commands";
import { enterNamespaces } from "../node/namespaces";
import type { ProcessRecord } from "../record";
import { firstUser } from "./image";
import { rootOf } from "./power";
import { disks, network, siteFiles, testerAddress } from "./site";

export interface FurnishProps {
  /** The process that holds the site's namespaces. */
  readonly holder: ProcessRecord;
  /** The testbed's. */
  readonly folder: string;
  /** The cached image's. */
  readonly image: string;
  readonly name: string;
  readonly address: string;
  /** For cloud-init. @default - it is off, and the first user has the testbed's key */
  readonly userData?: string;
}

/**
 * Makes the disk of a machine: a root of its own over the shared one, with its name, address and host key.
 *
 * @returns the public host key, type and text
 */
export async function furnish(props: FurnishProps): Promise<string> {
  const { holder, folder, image, name } = props;
  const hostKey = join(folder, "ssh", `${name}-host`);
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", hostKey]);
  const staged = join(folder, "tmp", name);
  for (const [path, content] of Object.entries(filesOf(props, hostKey))) {
    mkdirSync(dirname(join(staged, path)), { recursive: true });
    writeFileSync(join(staged, path), content);
  }
  const disk = `${disks}/${name}`;
  const root = rootOf(name);
  const script = [
    "set -eu",
    `mkdir -p ${disk}/upper ${disk}/work ${root}`,
    `mount -n -t overlay overlay -o lowerdir='${image}/root',upperdir=${disk}/upper,workdir=${disk}/work ${root}`,
    `cp -R '${staged}/.' ${root}/`,
    `chmod 0600 ${root}/etc/ssh/ssh_host_ed25519_key`,
    `[ ! -d ${root}/home/${firstUser}/.ssh ] || chown -R --reference=${root}/home/${firstUser} ${root}/home/${firstUser}/.ssh`,
  ];
  await run([...enterNamespaces(holder), "sh", "-c", script.join("\n")]);
  rmSync(staged, { recursive: true });
  const [type, key] = readFileSync(`${hostKey}.pub`, "utf8").trim().split(" ");
  return `${type} ${key}`;
}

/** Content by path from the root. */
function filesOf({ folder, name, address, userData }: FurnishProps, hostKey: string): Record<string, string> {
  const login: Record<string, string> =
    userData === undefined
      ? {
          "etc/cloud/cloud-init.disabled": "",
          [`home/${firstUser}/.ssh/authorized_keys`]: readFileSync(siteFiles(folder).publicKey, "utf8"),
        }
      : {
          "etc/cloud/cloud.cfg.d/99-testbed.cfg": "datasource_list: [NoCloud]\nnetwork: {config: disabled}\n",
          "var/lib/cloud/seed/nocloud/meta-data": `instance-id: ${name}\nlocal-hostname: ${name}\n`,
          "var/lib/cloud/seed/nocloud/user-data": userData,
        };
  return {
    "etc/hostname": `${name}\n`,
    "etc/hosts": `127.0.0.1 localhost\n${address} ${name}\n`,
    "etc/systemd/network/10-host0.network": networkFile(address),
    "etc/ssh/ssh_host_ed25519_key": readFileSync(hostKey, "utf8"),
    "etc/ssh/ssh_host_ed25519_key.pub": readFileSync(`${hostKey}.pub`, "utf8"),
    ...login,
  };
}

/** Static, because nobody hands out addresses there. */
const networkFile = (address: string): string => `[Match]
Name=host0
[Network]
Address=${address}/${network.length}
Gateway=${testerAddress}
LinkLocalAddressing=no
`;
