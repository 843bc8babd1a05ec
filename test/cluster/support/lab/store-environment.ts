import { defineEnvironment, type EnvironmentSpec } from "../../../../platform/environment-spec";
import type { Machine } from "../../../testbed/machines/machine";
import { basics } from "./basics";

export interface StoreProps {
  readonly machine: Machine;
  readonly keyFile: string;
  /** Certificate of the authority that issued the store's own, as PEM. */
  readonly authority: string;
  /** SHA-256 of the programs that lie in /opt/bastide. */
  readonly digests: { readonly server: string; readonly client: string };
}

/** An S3 store with a bucket whose objects are locked, and one for what may be deleted. */
export function storeEnvironment(props: StoreProps): EnvironmentSpec {
  return defineEnvironment({
    ...basics,
    base: { authorities: { lab: props.authority } },
    machines: { "s3-1": storeMachine(props) },
    services: { store: storeService(props) },
  });
}

/** A machine for it. */
export function storeMachine({ machine, keyFile }: StoreProps) {
  return {
    provider: "existing",
    role: "s3-store",
    address: machine.address,
    ssh: { user: "debian", hostKey: machine.hostKey, keyFile },
    cpus: 2,
    memory: "4Gi",
  } as const;
}

/** What it serves. */
export function storeService({ digests }: StoreProps) {
  return {
    kind: "s3-store",
    machine: "s3-1",
    driver: {
      name: "minio",
      server: { from: "/opt/bastide/minio", sha256: digests.server },
      client: { from: "/opt/bastide/mc", sha256: digests.client },
      waiver: { until: "2099-12-31", reason: "it is tried in a laboratory" },
    },
    certificate: { chain: "s3-tls", key: "s3-tls" },
    buckets: { backups: { lock: "14d", keepVersions: "30d" }, images: { versioning: false } },
  } as const;
}
