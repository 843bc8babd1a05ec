import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../cache";
import { debianDigest, makeDebian } from "../debian";
import { program } from "../programs";
import { versions } from "../versions";

/** The user that a machine has before any role is applied; it may use sudo without a password, as on Debian's cloud images. */
export const firstUser = "debian";

/** Where a machine finds the packages that it does not have; its only source of packages. */
export const packagesFolder = "/srv/packages";

/** What is in every machine: what Debian's cloud images have, and most of what the base role asks for. */
const installed = [
  ...["systemd-sysv", "dbus", "kmod", "procps", "iproute2", "iputils-ping", "curl", "ca-certificates", "logrotate"],
  ...["openssh-server", "sudo", "cloud-init", "python3-apt", "rsync"],
  ...["nftables", "chrony", "auditd", "unattended-upgrades"],
];

/** What is only in the packages folder, so that applying a role really installs it. */
const installable = ["prometheus-node-exporter", "haproxy", "keepalived"];

/**
 * Stand-ins for what a machine of this kind cannot do, because it shares the kernel with the real one: it may not set
 * the clock (chrony runs and does not touch it), and the kernel's audit records belong to the real machine (a process that
 * does nothing runs as auditd).
 */
const standIns: Readonly<Record<string, string>> = {
  "etc/systemd/system/chrony.service.d/testbed.conf":
    "[Unit]\nConditionCapability=\n[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS\n",
  "etc/systemd/system/auditd.service.d/testbed.conf":
    "[Service]\nType=simple\nPIDFile=\nExecStart=\nExecStart=/usr/bin/sleep infinity\nExecStartPost=\n",
};

/** Everything else that differs from what the packages bring. */
const files: Readonly<Record<string, string>> = {
  "etc/apt/sources.list": `deb [trusted=yes] file:${packagesFolder} ./\n`,
  "etc/apt/apt.conf.d/80testbed": 'APT::Install-Recommends "false";\n',
  [`etc/sudoers.d/${firstUser}`]: `${firstUser} ALL=(ALL) NOPASSWD:ALL\n`,
  ...standIns,
};

/** The folders `root`, a Debian to boot, and `packages`, an archive for apt. */
export const machineImage = program({
  name: "machine-image",
  title: `Debian ${versions.debian} with systemd, for machines`,
  time: "about 2 minutes",
  key: digestOf([versions.debian, debianDigest, readFileSync(__filename, "utf8")]),
  build: async (folder) => {
    const root = join(folder, "root");
    const packages = join(folder, "packages");
    mkdirSync(packages);
    await makeDebian({ root, installed, installable, packages, customize });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  },
});

/** What else is done in the new root. */
const customize = `chroot "$root" useradd --create-home --shell /bin/bash ${firstUser}
chroot "$root" systemctl --quiet enable systemd-networkd
# Each machine has its own.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/hostname "$root"/etc/resolv.conf
`;
