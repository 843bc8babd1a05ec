import type { SecretFile, Workload } from "../../../platform/shared/workload";
import type { Volume, VolumeMount } from "../kinds";

/** Files made at synthesis that a container finds in a folder, read-only. */
export interface MountedFiles {
  /** Name of the ConfigMap. */
  readonly name: string;
  readonly folder: string;
  /** Text by file name. */
  readonly content: Readonly<Record<string, string>>;
}

/** Everything that a container finds in its folders. */
export interface Mounted extends Pick<Workload, "secretFiles" | "claim"> {
  readonly files?: MountedFiles;
}

/** Room for temporary files in memory-backed or node storage; the root file system is read-only. */
const TEMPORARY_ROOM = "64Mi";

export function volumesOf({ files, secretFiles = [], claim }: Mounted): Volume[] {
  return [
    { name: "tmp", emptyDir: { sizeLimit: TEMPORARY_ROOM } },
    ...(files === undefined ? [] : [{ name: "files", configMap: { name: files.name } }]),
    ...secretFiles.map(({ ref: { secret, key } }, place) => ({
      name: nameOf(place),
      secret: { secretName: secret, items: [{ key, path: key }] },
    })),
    ...(claim === undefined ? [] : [{ name: "data", persistentVolumeClaim: { claimName: claim.name } }]),
  ];
}

export function mountsOf({ files, secretFiles = [], claim }: Mounted): VolumeMount[] {
  return [
    { name: "tmp", mountPath: "/tmp" },
    ...(files === undefined ? [] : [{ name: "files", mountPath: files.folder, readOnly: true }]),
    ...secretFiles.map(({ folder }: SecretFile, place) => ({
      name: nameOf(place),
      mountPath: folder,
      readOnly: true,
    })),
    ...(claim === undefined ? [] : [{ name: "data", mountPath: claim.folder }]),
  ];
}

function nameOf(place: number): string {
  return `secret-${place + 1}`;
}
