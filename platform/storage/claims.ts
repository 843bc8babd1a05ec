import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import { ByteSize } from "../shared/quantities";
import type { VolumeClaim } from "../shared/volumes";
import { NEARFULL, rawSize, readable } from "./ceph/capacity";
import type { StorageClass } from "./classes/resolve";
import type { Storage } from "./resolve";

/** Every claim names a class that exists and can do what it asks, and all of them fit. */
export function checkClaims(storage: Storage, claims: readonly VolumeClaim[], report: Report): void {
  const before = report.problems.length;
  for (const claim of claims) checkClaim(claim, storage.classes, report);
  if (report.problems.length > before) return;
  for (const one of storage.classes) checkCapacity(one, claims, report);
  if (report.problems.length === before) checkShared(storage, claims, report);
}

function checkClaim(
  { owner, storageClass, access }: VolumeClaim,
  classes: readonly StorageClass[],
  report: Report,
): void {
  const names = classes.map(({ name }) => name);
  if (unknownKey(report, [...owner, "class"], storageClass, "storage class", names)) return;
  const known = classes.find(({ name }) => name === storageClass);
  const modes: readonly string[] = known?.access ?? [];
  if (modes.includes(access)) return;
  const able = classes.filter((one) => (one.access as readonly string[]).includes(access)).map(({ name }) => name);
  const rule = `volumes of class ${storageClass} (${known?.kind}) are mounted by one node at a time`;
  const cure = able.length > 0 ? `use ReadWriteOnce, or class ${able.join(" or ")}` : "use ReadWriteOnce";
  report.refuse([...owner, "access"], access, rule, cure);
}

/** What is claimed of a class, all volumes together. */
export function claimed({ name }: StorageClass, claims: readonly VolumeClaim[]): ByteSize {
  return claims
    .filter(({ storageClass }) => storageClass === name)
    .reduce((sum, { size, count }) => sum.plus(size.times(count)), ByteSize.zero);
}

/** The largest claim is named: it is the one to look at first. */
function checkCapacity(one: StorageClass, claims: readonly VolumeClaim[], report: Report): void {
  const { capacity, name } = one;
  const wanted = claimed(one, claims);
  if (capacity === undefined || wanted.bytes <= capacity.bytes) return;
  const ofClass = claims.filter(({ storageClass }) => storageClass === name);
  const largest = ofClass.reduce((most, next) => (volume(next) > volume(most) ? next : most));
  const room = `class ${name} has room for ${readable(capacity)}${one.kind.startsWith("ceph-") ? " when it is 85 % full" : ""}`;
  const rule = ofClass.length > 1 ? `all claims together are ${readable(wanted)}, and ${room}` : room;
  const cure = one.kind.startsWith("ceph-")
    ? "claim less, or add disks to the machines of the storage cluster"
    : "claim less, or raise the quota of its export, up to the disk of its machine";
  report.refuse([...largest.owner, "size"], largest.size, rule, cure);
}

function volume({ size, count }: VolumeClaim): number {
  return size.bytes * count;
}

/** Pools of one storage cluster share its devices: each may fit alone and all together not. */
function checkShared({ ceph, classes }: Storage, claims: readonly VolumeClaim[], report: Report): void {
  if (ceph === undefined) return;
  const room = rawSize(ceph.domains).times(NEARFULL);
  const parts = classes.map((one) => ({ one, copies: claimed(one, claims).times(replicasOf(one, ceph)) }));
  const wanted = parts.reduce((sum, { copies }) => sum.plus(copies), ByteSize.zero);
  if (wanted.bytes <= room.bytes) return;
  const list = parts
    .filter(({ copies }) => copies.bytes > 0)
    .map(({ one, copies }) => `${one.name} ${readable(copies)}`);
  const rule = `with all copies the claims take ${readable(wanted)} (${list.join(", ")}), and ${readable(room)} of the devices may be filled`;
  report.refuse(["storage", "ceph", "devices"], readable(rawSize(ceph.domains)), rule, "claim less, or add disks");
}

function replicasOf(one: StorageClass, { pools, filesystems }: NonNullable<Storage["ceph"]>): number {
  switch (one.kind) {
    case "ceph-block":
      return pools.find(({ name }) => name === one.pool)?.replicas ?? 0;
    case "ceph-files":
      return filesystems.find(({ name }) => name === one.filesystem)?.replicas ?? 0;
    default:
      return 0;
  }
}
