import { documentOf } from "../../constructs/machine-roles";
import { renderScript } from "../../constructs/machine-roles/render/script";
import { defineEnvironment, type EnvironmentSpec } from "../../platform/environment-spec";
import { Platform } from "../../platform/platform";

/** The data disk of the file server, and how much of it a quota leaves to one of its exports, in bytes. */
export const NFS_DISK = { name: "nfs-data", bytes: 2 * 1024 ** 3 };
export const QUOTA = 64 * 1024 ** 2;

const ADDRESS = "10.78.0.1";

/** That of the nearest clients, or the whole of the environment. */
type Network = "10.78.0.0/24" | "10.78.0.0/23";

interface Exports {
  readonly volumes: { readonly clients: [Network] };
  readonly shared: { readonly quota?: "64Mi" };
}

/** First for the nearest clients alone, and with little room; then neither. */
const FIRST: Exports = { volumes: { clients: ["10.78.0.0/24"] }, shared: { quota: "64Mi" } };
const CHANGED: Exports = { volumes: { clients: ["10.78.0.0/23"] }, shared: {} };

/** A file server as `onprem` has one: an export for the whole network, and one for a cluster's volumes. */
function environment({ volumes, shared }: Exports): EnvironmentSpec {
  return defineEnvironment({
    name: "lab",
    organisation: "Test laboratory",
    state: { kind: "local" },
    network: { kind: "existing", domain: "lab.example", reach: "internal", blocks: ["10.78.0.0/23"] },
    registry: { host: "registry.lab.example", project: "lab" },
    access: {},
    machines: {
      "nfs-1": {
        provider: "existing",
        role: "nfs-server",
        address: ADDRESS,
        cpus: 2,
        memory: "2Gi",
        disks: { [`/dev/disk/by-id/virtio-${NFS_DISK.name}`]: { size: "2Gi", use: "data" } },
      },
    },
    services: {
      files: {
        kind: "nfs-server",
        machine: "nfs-1",
        exports: { shared, volumes: { rootSquash: false, ...volumes } },
      },
    },
  });
}

/** The program of the whole machine, base and role, as cloud-init and SSH bring it. */
function programFor(exports: Exports): string {
  const platform = Platform.of(environment(exports), { ownImages: {} });
  const [machine] = platform.machines.all;
  if (machine === undefined) throw new Error("the laboratory has no machine");
  return Buffer.from(renderScript(documentOf(platform, machine))).toString("base64");
}

/** Shell functions and lines: the networks that clients are in, the machine's programs, and the first application. */
export const servesNfs = `
network() { # name, first three numbers of its addresses
  ip netns add "$1"
  ip link add "to-$1" type veth peer name eth0 netns "$1"
  ip address add "$2.1/24" dev "to-$1"
  ip link set "to-$1" up
  ip -n "$1" link set lo up
  ip -n "$1" address add "$2.20/24" dev eth0
  ip -n "$1" link set eth0 up
}
network near 10.78.0
network far 10.78.1
network strange 10.99.0
base64 -d >/run/role.sh <<<'${programFor(FIRST)}'
sh /run/role.sh apply >/run/applied 2>&1 || { cat /run/applied; exit 1; }
echo "applied after $(cut -d ' ' -f 1 /proc/uptime) s"
`;

/** How a client mounts one of its exports; the way of the storage class. */
export const mountNfs = (name: string, folder: string, server = ADDRESS): string =>
  `mount -t nfs4 -o nfsvers=4.1,hard ${server}:/srv/nfs/${name} ${folder}`;

const AS_USER = "setpriv --reuid=10001 --regid=10001 --clear-groups sh -c";

/** One JSON object a line: what was asked of the server, and how it answered. */
export const asksNfs = `
say() { # title, command: what it prints, and its exit code
  said=$(bash -c "$2" 2>&1)
  node -e 'const [title, code, said] = process.argv.slice(1); console.log(JSON.stringify({ title, code: Number(code), said }))' "$1" $? "$said"
}
on() { echo "ip netns exec $1 bash -c $(printf %q "$2")"; }
state() {
  find /etc /usr /opt /srv /root /var/lib /var/spool /var/cache \\
    \\( -path /var/lib/systemd -o -path /var/lib/private -o -path /var/lib/sudo -o -path /var/lib/chrony -o -path /var/lib/nfs \\) -prune \\
    -o -printf '%p %y %i %T@ %C@ %m %u:%g\\n'
  systemctl show --type=service --state=active '*' -p Id,ExecMainStartTimestampMonotonic,StateChangeTimestampMonotonic
}
started() { systemctl show nfs-server.service -P ExecMainStartTimestampMonotonic; }

say "first application" 'tail -n 1 /run/applied'
state >/run/before
say "second application" 'sh /run/role.sh apply'
state >/run/after
say "difference" 'diff /run/before /run/after'
say "versions" 'cat /proc/fs/nfsd/versions'
say "listening" "ss -Hltunp | grep -Ev ':(22|2049|9100) |127.0.0.1:|\\[::1\\]:' || true"
say "root of a client, squashed" "$(on near '${mountNfs("shared", "/mnt")} && mkdir /mnt/by-root && stat -c %U /mnt/by-root') && stat -c %U /srv/nfs/shared/by-root"
say "a user of a client" "$(on near '${mountNfs("shared", "/mnt")} && ${AS_USER} "echo mine >/mnt/by-user"') && stat -c %u /srv/nfs/shared/by-user"
say "root of a client, for a provisioner" "$(on near '${mountNfs("volumes", "/mnt")} && mkdir -m 0700 /mnt/pvc && grep -o vers=4[.0-9]* /proc/mounts') && stat -c '%U %a' /srv/nfs/volumes/pvc"
say "numbered by place" "xfs_quota -x -c 'project -s -p /srv/nfs/shared 1' -c 'limit -p bhard=1024k 1' /srv/nfs >/dev/null && xfs_io -r -c lsproj /srv/nfs/shared/by-user"
say "numbered anew" 'sh /run/role.sh apply'
say "numbered anew, its files" 'xfs_io -r -c lsproj /srv/nfs/shared && xfs_io -r -c lsproj /srv/nfs/shared/by-user'
say "numbered anew, again" 'sh /run/role.sh apply'
say "quota" "$(on near '${mountNfs("shared", "/mnt")} && ${AS_USER} "head -c 100M /dev/zero >/mnt/fill"')"
say "quota, on the server" 'du --block-size=1 /srv/nfs/shared/fill | cut -f 1; rm /srv/nfs/shared/fill'
say "another network, what is for it" "$(on far '${mountNfs("shared", "/mnt", "10.78.1.1")} && ls /mnt')"
say "another network, what is not" "$(on far '${mountNfs("volumes", "/mnt", "10.78.1.1")}')"
say "a strange network" "$(on strange 'timeout 5 bash -c "exec 3<>/dev/tcp/10.99.0.1/2049"')"
say "a network of its own" "$(on near 'timeout 5 bash -c "exec 3<>/dev/tcp/10.78.0.1/2049"')"
started >/run/before
base64 -d >/run/role.sh <<<'${programFor(CHANGED)}'
say "changed exports" 'sh /run/role.sh apply | tail -n 1'
started >/run/after
say "not started again" 'cmp /run/before /run/after'
say "another network, after the change" "$(on far '${mountNfs("volumes", "/mnt", "10.78.1.1")} && ls /mnt')"
say "no quota any more" "$(on near '${mountNfs("shared", "/mnt")} && ${AS_USER} "head -c 100M /dev/zero >/mnt/fill && stat -c %s /mnt/fill"')"
say "again after the change" 'sh /run/role.sh apply'
`;

export interface Answer {
  readonly code: number;
  readonly said: string;
}

/** What the server answered, by title. */
export function answersOf(said: string): ReadonlyMap<string, Answer> {
  const lines = said.split("\n").filter((line) => line.startsWith('{"title":'));
  return new Map(lines.map((line) => JSON.parse(line)).map(({ title, code, said }) => [title, { code, said }]));
}
