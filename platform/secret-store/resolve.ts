import type { z } from "zod";
import type { ClusterModel } from "../cluster";
import type { Network } from "../network";
import type { Context } from "../shared/domain";
import type { Footprint } from "../shared/footprint";
import { ByteSize, Cpu, type Duration } from "../shared/quantities";
import type { RequiredSecret } from "../shared/secrets";
import type { secretStoreSpec } from "./spec";

/** Where the company keeps its secrets. */
export type SecretSource =
  | {
      readonly kind: "aws-secrets-manager";
      readonly region: string;
      readonly account: string;
      /** Role that may read the environment's secrets, and nothing else. */
      readonly role: string;
    }
  | {
      readonly kind: "vault";
      readonly server: string;
      readonly path: string;
      readonly mount: string;
      readonly role: string;
    };

/** External Secrets, and where it fetches from. */
export interface ExternalSecrets {
  readonly kind: "external-secrets";
  readonly namespace: string;
  /** Name of its ClusterSecretStore. */
  readonly storeName: string;
  readonly serviceAccount: string;
  readonly source: SecretSource;
  readonly refresh: Duration;
  readonly workloads: Readonly<Record<"controller" | "webhook" | "certController", Footprint>>;
}

/** Who delivers the clusters' secrets. */
export type SecretStore = { readonly kind: "operator-created" } | ExternalSecrets;

export interface SecretStoreModel {
  readonly store: SecretStore;
  readonly footprints: readonly Footprint[];
}

/** Name of the namespace, the service account, and what upstream calls itself. */
const NAME = "external-secrets";

export function resolveSecretStore(
  spec: z.output<typeof secretStoreSpec>,
  { environment }: Context,
  { network }: { network: Network; cluster: ClusterModel },
): SecretStoreModel {
  if (spec.kind === "operator-created") return { store: spec, footprints: [] };
  const { kind, from, refresh } = spec;
  const aws = network.kind === "vpc" ? network : { region: "", account: "" };
  const workloads = {
    controller: workload("controller", 2, 20, 128),
    webhook: workload("webhook", 2, 10, 64),
    certController: workload("cert-controller", 1, 10, 128),
  };
  return {
    store: {
      kind,
      namespace: NAME,
      storeName: environment,
      serviceAccount: NAME,
      source:
        from.kind === "vault"
          ? from
          : { kind: from.kind, region: aws.region, account: aws.account, role: `${environment}-${NAME}` },
      refresh,
      workloads,
    },
    footprints: Object.values(workloads),
  };
}

/**
 * What one of its three programs asks for. Upstream's chart asks for nothing; it holds every Secret that it delivers in memory,
 * so the limit has room for some thousands. The numbers are an estimate, not a measurement.
 */
function workload(name: string, replicas: number, millicores: number, mebibytes: number): Footprint {
  const requests = { cpu: Cpu.millicores(millicores), memory: ByteSize.mebibytes(mebibytes) };
  const limits = { cpu: Cpu.cores(1), memory: ByteSize.mebibytes(4 * mebibytes) };
  return {
    owner: ["secretStore", name],
    namespace: NAME,
    replicas,
    surge: 1,
    resources: { requests, limits },
    placement: {},
  };
}

/** Where a secret is kept outside the cluster: `<environment>/<namespace>/<secret>`, with a field for each entry. */
export function remoteKey(environment: string, { namespace, secret }: RequiredSecret): string {
  return `${environment}/${namespace}/${secret}`;
}
