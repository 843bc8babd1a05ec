import type { ByteSize } from "./quantities";

/** Who may mount a volume at once: pods of one node, or pods of any number of nodes. */
export const accessModes = ["ReadWriteOnce", "ReadWriteMany"] as const;
export type AccessMode = (typeof accessModes)[number];

/** A class of volumes as whoever claims one refers to it. Its type says what it can do: see {@link claim}. */
export interface StorageClassRef<Access extends AccessMode = AccessMode> {
  readonly name: string;
  readonly access: readonly Access[];
  /**
   * VolumeSnapshotClass that takes snapshots of its volumes.
   * @default - its volumes cannot be snapshotted
   */
  readonly snapshotClass?: string;
}

/** A volume, or several alike, that something asks for. Every domain lists its own; the storage classes must hold them all. */
export interface VolumeClaim {
  /** Path of what asks, e.g. `apps.wiki.volumes.pages`; used in messages. */
  readonly owner: readonly string[];
  readonly namespace: string;
  /** Name of the PersistentVolumeClaim; of the first, where there are several. */
  readonly name: string;
  /** Name of its storage class. */
  readonly storageClass: string;
  readonly access: AccessMode;
  /** Of each volume. */
  readonly size: ByteSize;
  /** How many volumes: one for each replica of a StatefulSet. */
  readonly count: number;
}

/**
 * A claim of a class that is known when the program is compiled. `access` must be one that the class has: ReadWriteMany of a
 * `StorageClassRef<"ReadWriteOnce">` does not compile.
 */
export function claim<Access extends AccessMode>(
  { name: storageClass }: StorageClassRef<Access>,
  access: NoInfer<Access>,
  rest: Omit<VolumeClaim, "storageClass" | "access">,
): VolumeClaim {
  return { ...rest, storageClass, access };
}
