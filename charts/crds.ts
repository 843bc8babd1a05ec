import type { App } from "cdk8s";
import { crdsOf } from "../constructs/imports/crds";
import { type InstalledSet, installedSets } from "../constructs/kubernetes/installed-crds";
import { KEEP } from "../constructs/kubernetes/labels";
import type { Platform } from "../platform/platform";
import type { KubernetesObject, Release } from "../platform/shared/release";
import { SYSTEM_NAMESPACE } from "../platform/shared/release-names";

/** Custom resource definitions, one release for each upstream project: we own them, so they are upgraded like anything else. */
export function crdReleases(_app: App, platform: Platform): Release[] {
  return installedSets(platform).map(crdRelease);
}

/** Name of the release that installs a set. */
export function crdReleaseName(set: string): string {
  return `crds-${set}`;
}

/**
 * Kept CRDs stay when the release goes: with a CRD the cluster deletes every object of its kind.
 *
 * The objects come from files, so no cdk8s construct stands between; rendering them would take longer than all the rest.
 */
function crdRelease({ set, removal }: InstalledSet): Release {
  const name = crdReleaseName(set);
  const objects = crdsOf(set).map((crd) => ({
    path: `${name}/${crd.metadata.name}`,
    object: removal === "keep" ? kept(crd) : crd,
  }));
  return { name, namespace: SYSTEM_NAMESPACE, needs: [], chart: { kind: "own", objects } };
}

function kept(crd: KubernetesObject): KubernetesObject {
  const annotations = { ...crd.metadata.annotations, ...KEEP };
  return { ...crd, metadata: { ...crd.metadata, annotations } };
}
