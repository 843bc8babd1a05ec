import { defineEnvironment, type EnvironmentSpec } from "../../../../platform/environment-spec";
import type { Machine } from "../../../testbed/machines/machine";
import { basics } from "./environment";

export interface StoreProps {
  readonly machine: Machine;
  readonly keyFile: string;
  /** Certificate of the authority that issued the store's own, as PEM. */
  readonly authority: string;
  /** SHA-256 of the programs that lie in /opt/bastide. */
  readonly digests: { readonly server: string; readonly client: string };
}

/** An S3 store with a bucket whose objects are locked, and one for what may be deleted. */
export function storeEnvironment({ machine, keyFile, authority, digests }: StoreProps): EnvironmentSpec {
  return defineEnvironment({
    ...basics,
    base: { authorities: { lab: authority } },
    machines: {
      "s3-1": {
        provider: "existing",
        role: "s3-store",
        address: machine.address,
        ssh: { user: "debian", hostKey: machine.hostKey, keyFile },
        cpus: 2,
        memory: "4Gi",
      },
    },
    services: {
      store: {
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
      },
    },
  });
}
