import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NetSpace } from "../cluster/support/ceph/net-space";
import { guestImage } from "./guest-image";

/** Of the disk that holds the order, in bytes. */
const ORDER = 1024 * 1024;

/** What comes before every order: its network, and that everything has started. */
const BOOTED = `ip link set lo up
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
systemctl is-system-running --wait >/dev/null
echo "booted after $(cut -d ' ' -f 1 /proc/uptime) s"
`;

export interface GuestProps {
  /** Where it finds its network: the address of the space is one that it reaches. */
  readonly space: NetSpace;
  /** Empty folder, for its disks. */
  readonly folder: string;
  /** For `bash`, as root, once the system has booted. */
  readonly script: string;
  /** Bytes of further, empty disks, by the name that they have in the guest behind `/dev/disk/by-id/virtio-`. */
  readonly disks?: Readonly<Record<string, number>>;
  /** Seconds that it may take. @default 1800: of a busy machine */
  readonly patience?: number;
}

/**
 * Runs a script in a virtual machine with a kernel, a systemd and disks of its own, which ends with it.
 *
 * By interpreting, everywhere alike: slow, and right as a ratio. Where /dev/kvm is there, a guest may still hang in it.
 *
 * @returns what the script said
 * @throws Error with what it said, if it fails or does not end
 */
export async function inGuest({ space, folder, script, disks = {}, patience = 1800 }: GuestProps): Promise<string> {
  const image = await guestImage.folder((line) => process.stderr.write(`${line}\n`));
  const [order, answer] = [join(folder, "order"), join(folder, "answer")];
  writeFileSync(order, BOOTED + script);
  truncateSync(order, ORDER);
  const drives = Object.entries(disks).flatMap(([name, bytes]) => {
    const file = join(folder, `${name}.img`);
    writeFileSync(file, "");
    truncateSync(file, bytes);
    return drive(name, file);
  });
  const ended = await space.attempt(
    [
      "qemu-system-x86_64",
      ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048"],
      ...["-display", "none", "-nodefaults", "-no-reboot", "-serial", "stdio", "-serial", `file:${answer}`],
      ...["-kernel", join(image, "vmlinuz"), "-initrd", join(image, "initrd.img")],
      ...["-append", "console=ttyS0 quiet panic=-1 root=/dev/vda rw net.ifnames=0"],
      ...["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"],
      ...[...drive("root", join(image, "disk.img"), ",snapshot=on"), ...drive("order", order), ...drives],
    ],
    patience,
  );
  const said = readFileSync(answer, "utf8");
  const words = said.replace(/ended with 0\n$/, "");
  if (words !== said) return words;
  throw new Error(
    `the virtual machine's work failed:\n${said.slice(-6000) || ended.stdout.slice(-3000)}${ended.stderr.slice(-1000)}`,
  );
}

const drive = (name: string, file: string, more = ""): string[] => [
  ...["-drive", `file=${file},if=none,format=raw,id=${name}${more}`],
  ...["-device", `virtio-blk-pci,drive=${name},serial=${name}`],
];
