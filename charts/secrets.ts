import type { App } from "cdk8s";
import { SecretDelivery } from "../constructs/kubernetes/external-secrets/delivery";
import { externalSecretsValues } from "../constructs/kubernetes/external-secrets/values";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import type { Platform } from "../platform/platform";
import { type Release, upstreamChart } from "../platform/shared/release";
import { RELEASE } from "../platform/shared/release-names";
import { charts } from "../platform/versions/charts";

/** Delivery of secrets, where somebody else than a person delivers them: the operator, then an order for each secret. */
export function secretReleases(app: App, { name: environment, secretStore: store, secrets }: Platform): Release[] {
  if (store.kind === "operator-created") return [];
  const { namespace } = store;
  const delivery = new ReleaseChart(app, RELEASE.secrets);
  new SecretDelivery(delivery, "delivery", { environment, store, secrets });
  return [
    {
      name: RELEASE.externalSecrets,
      namespace,
      needs: [RELEASE.foundation, RELEASE.externalSecretsCrds, RELEASE.monitoringCrds],
      chart: upstreamChart(charts.externalSecrets, externalSecretsValues(store)),
    },
    ownRelease(delivery, { name: RELEASE.secrets, namespace, needs: [RELEASE.externalSecrets] }),
  ];
}

/** What a release waits for whose pods read secrets. */
export function secretNeeds({ secretStore }: Platform): string[] {
  return secretStore.kind === "operator-created" ? [] : [RELEASE.secrets];
}
