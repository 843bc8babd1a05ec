import type { Cluster } from "../../cluster";
import { unknownKey } from "../../shared/keys";
import type { PathParts, Report } from "../../shared/problems";
import { ByteSize } from "../../shared/quantities";
import type { StorageClass } from "../classes/resolve";
import type { Ceph } from "./resolve";

/** What Ceph takes for an OSD; of what is smaller it makes none, and says so in a log alone. Source: ceph-volume, "Insufficient space". */
const LEAST_DEVICE = ByteSize.gibibytes(5);

/** Rules of what an OSD is made of: room enough, and a class that can make it. */
export function checkDevices(
  ceph: Ceph | undefined,
  { classes, cluster }: { readonly classes: readonly StorageClass[]; readonly cluster: Cluster | undefined },
  report: Report,
): void {
  // That volumes need EKS, and Ceph a cluster, is told of their kind.
  if (ceph === undefined || (ceph.devices.kind === "volumes" && cluster?.distribution !== "eks")) return;
  const path = ["storage", "ceph", "devices"];
  if (ceph.devices.kind === "volumes") {
    const { storageClass, size } = ceph.devices;
    const names = classes.filter(({ kind }) => kind === "ebs").map(({ name }) => name);
    unknownKey(report, [...path, "storageClass"], storageClass, "storage class of kind ebs", names);
    checkSize([...path, "size"], size, report);
    return;
  }
  for (const { name, devices } of ceph.domains) {
    for (const { path: disk = "", size } of devices) checkSize(["machines", name, "disks", disk, "size"], size, report);
  }
}

function checkSize(path: PathParts, size: ByteSize, report: Report): void {
  if (size.bytes >= LEAST_DEVICE.bytes) return;
  report.refuse(path, size, "Ceph makes no OSD of so little", `use ${LEAST_DEVICE} or more`);
}
