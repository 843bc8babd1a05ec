import { App } from "cdk8s";
import { releasesOf } from "../../charts";
import { Platform } from "../../platform/platform";
import type { KubernetesObject, PlacedObject, Release } from "../../platform/shared/release";
import { changed, type Draft, type examples } from "./environments";

/** Tags of own images, as `main.ts` would compute them. */
const ownImages = { "start-page": "0123456789ab", callhome: "ba9876543210" };

/** The model of an example environment, with something changed. */
export function platformOf(example: keyof typeof examples, change: (draft: Draft) => void = () => {}): Platform {
  return Platform.of(changed(example, change), { ownImages });
}

/** What the Kubernetes half makes of an environment. */
export function releasesIn(platform: Platform): Release[] {
  return releasesOf(new App(), platform);
}

/** Objects of releases, or of one of them, with their construct paths. */
export function placedIn(releases: readonly Release[], name?: string): PlacedObject[] {
  return releases
    .filter((release) => name === undefined || release.name === name)
    .flatMap(({ chart }) => (chart.kind === "own" ? chart.objects : []));
}

/** Objects of an example environment, or of one of its releases. */
export function objectsOf(
  example: keyof typeof examples,
  { release, change }: { release?: string; change?: (draft: Draft) => void } = {},
): KubernetesObject[] {
  return placedIn(releasesIn(platformOf(example, change)), release).map(({ object }) => object);
}

/**
 * The one object of a kind and name, as loosely typed as a reader of YAML sees it.
 *
 * @throws Error where there is none, or more than one
 */
export function only(objects: readonly KubernetesObject[], kind: string, name?: string, namespace?: string): Draft {
  const found = objects.filter(
    ({ kind: own, metadata }) =>
      own === kind &&
      (name === undefined || metadata.name === name) &&
      (namespace === undefined || metadata.namespace === namespace),
  );
  if (found.length !== 1) {
    throw new Error(
      `expected one ${kind} ${name ?? ""}, found ${found.map(({ metadata }) => metadata.name).join(", ")}`,
    );
  }
  return found[0];
}
