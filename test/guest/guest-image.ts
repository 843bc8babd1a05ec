import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { digestOf } from "../testbed/cache";
import { run } from "../testbed/commands";
import { debianDigest, makeDebian } from "../testbed/debian";
import { program } from "../testbed/programs";
import { versions } from "../testbed/versions";

/** What Debian's cloud images have, most of what roles ask for (unpacking is slow there), and what mounts; libstdc++ is Node's. */
const installed = [
  ...["linux-image-cloud-amd64", "initramfs-tools", "systemd-sysv", "udev", "dbus", "kmod", "procps", "iproute2"],
  ...["openssh-server", "sudo", "ca-certificates", "logrotate", "python3-apt"],
  ...["nftables", "chrony", "auditd", "unattended-upgrades", "prometheus-node-exporter"],
  ...["e2fsprogs", "xfsprogs", "nfs-common", "libstdc++6"],
];

/** What is only in the folder that the guest's apt reads, so that applying the role really installs it. */
const installable = ["nfs-kernel-server"];

/** Of the root disk, in MiB; what is not written takes no room. */
const DISK = 3000;

const app = join(__dirname, "../../apps/disk-latency");

/** The folder of a virtual machine's kernel, its initial file system, and a disk with Debian, this Node.js and disk-latency on it. */
export const guestImage = program({
  name: "guest-image",
  title: `Debian ${versions.debian} with a kernel, for a virtual machine`,
  time: "about 2 minutes",
  key: digestOf([versions.debian, process.version, debianDigest, readFileSync(__filename, "utf8")], [join(app, "src")]),
  build: async (folder) => {
    const root = join(folder, "root");
    const packages = join(folder, "packages");
    mkdirSync(packages);
    await makeDebian({ root, installed, installable, packages });
    mkdirSync(join(root, "srv"), { recursive: true });
    renameSync(packages, join(root, "srv/packages"));
    for (const name of ["vmlinuz", "initrd.img"]) copyFileSync(join(root, name), join(folder, name));
    copyFileSync(process.execPath, join(root, "usr/bin/node"));
    cpSync(app, join(root, "app"), { recursive: true });
    for (const [path, { content, mode }] of Object.entries(files)) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), content);
      chmodSync(join(root, path), mode);
    }
    symlinkSync(`/${SERVICE}`, join(root, "etc/systemd/system/multi-user.target.wants/order.service"));
    await run(["mkfs.ext4", "-q", "-d", root, join(folder, "disk.img"), `${DISK}M`]);
    rmSync(root, { recursive: true });
  },
});

/** What the machine does once it is up. */
const SERVICE = "etc/systemd/system/order.service";

/** Everything else that differs from what the packages bring. */
const files: Readonly<Record<string, { content: string; mode: number }>> = {
  "etc/apt/sources.list": { content: "deb [trusted=yes] file:/srv/packages ./\n", mode: 0o644 },
  "etc/apt/apt.conf.d/80guest": { content: 'APT::Install-Recommends "false";\n', mode: 0o644 },
  // Packages ask for a new initial file system, which takes minutes of interpreting and nobody boots from.
  "etc/initramfs-tools/update-initramfs.conf": { content: "update_initramfs=no\nbackup_initramfs=no\n", mode: 0o644 },
  "etc/fstab": { content: "", mode: 0o644 },
  [SERVICE]: {
    content: "[Unit]\nDescription=What this machine was started for\n[Service]\nExecStart=/usr/local/sbin/order\n",
    mode: 0o644,
  },
  // A disk holds the order; the second serial line takes the answer; then the machine turns itself off.
  "usr/local/sbin/order": {
    content: `#!/bin/bash
exec </dev/ttyS1 >/dev/ttyS1 2>&1
stty raw -echo
tr -d '\\000' </dev/disk/by-id/virtio-order >/run/order
bash /run/order </dev/null
echo "ended with $?"
sync
sleep 1
systemctl poweroff --force --force >/dev/null 2>&1
`,
    mode: 0o755,
  },
};
