import { Construct } from "constructs";
import { type ExternalSecrets, remoteKey } from "../../../platform/secret-store";
import type { RequiredSecret } from "../../../platform/shared/secrets";
import type {
  ClusterSecretStore,
  ClusterSecretStoreSpecProvider,
  ExternalSecret,
} from "../../imports/types/external-secrets";
import { componentLabels } from "../labels";
import { Manifest } from "../manifest";

export interface SecretDeliveryProps {
  readonly environment: string;
  readonly store: ExternalSecrets;
  readonly secrets: readonly RequiredSecret[];
}

/** The cluster's store of secrets, and one order for each secret that somebody requires. No value stands in any of them. */
export class SecretDelivery extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretDeliveryProps,
  ) {
    super(scope, id);
    this.addStore();
    for (const secret of props.secrets) this.addOrder(secret);
  }

  private addStore(): void {
    const { store, secrets } = this.props;
    new Manifest<ClusterSecretStore>(this, "store", {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: store.storeName, labels: componentLabels(store.storeName) },
      spec: {
        provider: providerOf(store),
        // An order from any other namespace is refused.
        conditions: [{ namespaces: [...new Set(secrets.map(({ namespace }) => namespace))].sort() }],
      },
    });
  }

  private addOrder(required: RequiredSecret): void {
    const { environment, store } = this.props;
    const { namespace, secret, keys, type } = required;
    const key = remoteKey(environment, required);
    new Manifest<ExternalSecret>(this, `${namespace}:${secret}`, {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: secret, namespace, labels: componentLabels(store.storeName) },
      spec: {
        secretStoreRef: { kind: "ClusterSecretStore", name: store.storeName },
        refreshInterval: store.refresh.toString(),
        // What was delivered stays when it can no longer be fetched: an outage of the store is none of the workloads'.
        target: { name: secret, creationPolicy: "Owner", deletionPolicy: "Retain", template: { type } },
        // Each entry by name, so that one which is missing is an error of the order and not of a pod.
        data: keys.map((entry) => ({ secretKey: entry, remoteRef: { key, property: entry } })),
      },
    });
  }
}

function providerOf({ source, serviceAccount, namespace }: ExternalSecrets): ClusterSecretStoreSpecProvider {
  if (source.kind === "aws-secrets-manager") {
    // Without credentials the controller's own role is used, which EKS Pod Identity gives it.
    return { aws: { service: "SecretsManager", region: source.region } };
  }
  const { server, path, mount, role } = source;
  const kubernetes = { mountPath: mount, role, serviceAccountRef: { name: serviceAccount, namespace } };
  return { vault: { server, path, version: "v2", auth: { kubernetes } } };
}
