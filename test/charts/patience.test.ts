import { App } from "cdk8s";
import { appReleases } from "../../charts/apps";
import { Platform } from "../../platform/platform";
import { changed } from "../support/environments";

test.each([
  [1, 300],
  [2, 300],
  [20, 1380],
])("Helm waits for %i replicas, which an update replaces one after the other, %i seconds", (replicas, seconds) => {
  const platform = Platform.of(
    changed("onprem", (draft) => {
      draft.apps["start-page"].replicas = replicas;
    }),
  );
  expect(appReleases(new App(), platform).find(({ name }) => name === "start-page")?.timeout).toBe(seconds);
});
