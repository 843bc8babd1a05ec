import { App } from "cdk8s";
import { appReleases } from "../../charts/apps";
import { Platform } from "../../platform/platform";
import { changed } from "../support/environments";

test.each([
  ["harbor.corp.acme.example/platform/wiki:1.4.2", [{ name: "harbor-pull" }]],
  ["ghcr.io/acme/wiki:1.4.2", undefined],
])("the pods of %s name the secrets that it is pulled with: %j", (image, secrets) => {
  const app = { namespace: "dev-apps", image, port: 8080, resources: { cpu: "100m", memory: "128Mi" } };
  const platform = Platform.of(changed("onprem", (draft) => (draft.apps.wiki = app)));
  const chart = appReleases(new App(), platform).find(({ name }) => name === "wiki")?.chart;
  const objects = chart?.kind === "own" ? chart.objects.map(({ object }) => object) : [];
  const deployment = objects.find(({ kind }) => kind === "Deployment") as
    | { spec?: { template?: { spec?: { imagePullSecrets?: unknown } } } }
    | undefined;
  expect(deployment).toBeDefined();
  expect(deployment?.spec?.template?.spec?.imagePullSecrets).toEqual(secrets);
});
