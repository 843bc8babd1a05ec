import type { Platform } from "../platform/platform";
import { ByteSize } from "../platform/shared/quantities";
import { claimed, type StorageClass } from "../platform/storage";
import { readable } from "../platform/storage/ceph/capacity";

/** Heading of {@link capacityRows}. */
export const CAPACITY_HEADING = ["storage class", "environment", "kind", "mounted by", "room", "claimed", "free"];

/** What each class of volumes has room for, and how much of it is claimed; `*` marks the class of a claim that names none. */
export function capacityRows({ name: environment, storage, claims }: Platform): string[][] {
  return storage.classes.map((one) => {
    const { capacity, kind, access } = one;
    const wanted = claimed(one, claims);
    const free = capacity?.minus(wanted);
    return [
      one.default ? `${one.name} *` : one.name,
      environment,
      kind,
      access.some((mode) => mode === "ReadWriteMany") ? "many nodes" : "one node",
      capacity === undefined ? unknownRoom(kind) : readable(capacity),
      wanted.bytes === ByteSize.zero.bytes ? "-" : readable(wanted),
      free === undefined ? "" : readable(free),
    ];
  });
}

/** AWS makes volumes for whoever pays; of a file server whose disk nobody describes, nobody knows. */
function unknownRoom(kind: StorageClass["kind"]): string {
  return kind === "ebs" || kind === "efs" ? "as paid for" : "not known";
}
