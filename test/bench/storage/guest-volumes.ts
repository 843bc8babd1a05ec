import { SPACE_ADDRESS } from "../../cluster/support/ceph/net-space";
import { MON_PORT, type SmallCeph } from "../../cluster/support/ceph/small-ceph";
import { mountNfs, NFS_DISK, servesNfs } from "../../guest/nfs-server";
import type { Volume } from "./volume";

const LOCAL_DISK = { name: "local", bytes: 1024 ** 3 };

export interface GuestVolumes {
  readonly volumes: readonly Volume[];
  readonly disks: Readonly<Record<string, number>>;
  /** What makes them, before anything is measured. */
  readonly script: string;
}

/**
 * Volumes of a kernel that mounts NFS and CephFS itself, as a node's does: a disk of its own, the disk of the file server that our role
 * makes of this machine, the same over NFS, and the Ceph outside.
 */
export async function guestVolumes(ceph: SmallCeph): Promise<GuestVolumes> {
  const key = (await ceph.run("ceph", "auth", "print-key", "client.admin")).trim();
  const monitors = [0, 1, 2].map((host) => `${SPACE_ADDRESS}:${MON_PORT + host}`).join(",");
  const volumes = [
    { label: "ext4, guest", directory: "/volumes/ext4", type: "ext4" },
    { label: "emptyDir in memory, guest", directory: "/volumes/memory", type: "tmpfs" },
    { label: "disk below NFS, guest", directory: "/srv/nfs", type: "xfs" },
    { label: "NFS 4.1, guest", directory: "/volumes/nfs", type: "nfs4" },
    { label: "CephFS, guest", directory: "/volumes/cephfs", type: "ceph" },
  ];
  const script = `${servesNfs}
mkdir -p ${volumes.map(({ directory }) => directory).join(" ")}
mkfs.ext4 -q /dev/disk/by-id/virtio-${LOCAL_DISK.name}
mount /dev/disk/by-id/virtio-${LOCAL_DISK.name} /volumes/ext4
mount -t tmpfs tmpfs /volumes/memory
${mountNfs("volumes", "/volumes/nfs")}
mount -i -t ceph -o name=admin,secret=${key},mds_namespace=files,ms_mode=legacy ${monitors}:/ /volumes/cephfs
`;
  const disks = Object.fromEntries([LOCAL_DISK, NFS_DISK].map(({ name, bytes }) => [name, bytes]));
  return { volumes, disks, script };
}
