import type { ClusterModel } from "../cluster";
import type { Network } from "../network";
import type { Report } from "../shared/problems";
import type { SecretStoreModel } from "./resolve";

export function checkSecretStore(
  { store }: SecretStoreModel,
  report: Report,
  { cluster: { cluster } }: { network: Network; cluster: ClusterModel },
): void {
  if (store.kind === "operator-created") return;
  if (cluster === undefined) {
    report.refuse(
      ["secretStore", "kind"],
      store.kind,
      "there is no cluster to deliver secrets to",
      "describe one, or leave secretStore out",
    );
  } else if (store.source.kind === "aws-secrets-manager" && cluster.distribution !== "eks") {
    const rule = `only pods of EKS can take a role in AWS, and the cluster is ${cluster.distribution}`;
    const cure = 'use from: { kind: "vault", ... }, or leave secretStore out and make them by hand';
    report.refuse(["secretStore", "from", "kind"], store.source.kind, rule, cure);
  }
}
