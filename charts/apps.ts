import type { App as KubernetesApp } from "cdk8s";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import { startPageFiles } from "../constructs/kubernetes/start-page/files";
import type { MountedFiles } from "../constructs/kubernetes/workload/mounts";
import { type Neighbours, Workload } from "../constructs/kubernetes/workload/workload";
import type { App } from "../platform/apps";
import type { Cluster } from "../platform/cluster";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { RELEASE } from "../platform/shared/release-names";
import { secretNeeds } from "./secrets";

/** The developers' applications, one release each: a change of one of them touches no other. */
export function appReleases(app: KubernetesApp, platform: Platform): Release[] {
  const { cluster } = platform;
  if (cluster === undefined) return [];
  const neighbours = neighboursOf(platform.apps.all);
  const teams = new Map(platform.access.namespaces.map(({ name, team }) => [name, team]));
  return platform.apps.all.map((one) => release(one));

  function release(one: App): Release {
    const chart = new ReleaseChart(app, `app-${one.name}`);
    new Workload(chart, "workload", {
      app: one,
      cluster: cluster as Cluster,
      team: teams.get(one.namespace) ?? "",
      ...(neighbours.get(one.name) ?? { callers: [], callees: [] }),
      files: filesOf(one, platform),
    });
    return ownRelease(chart, {
      name: one.name,
      namespace: one.namespace,
      needs: [...needsOf(one), ...secretNeeds(platform)],
      timeout: patienceWith(one),
    });
  }
}

/** Seconds that Helm waits at least, and for each replica: an update replaces one after the other, and is undone if it takes longer. */
const PATIENCE = { least: 300, start: 180, eachReplica: 60 };

function patienceWith({ footprint: { replicas } }: App): number {
  const count = replicas === "one-per-node" ? 1 : replicas;
  return Math.max(PATIENCE.least, PATIENCE.start + PATIENCE.eachReplica * count);
}

/** Files that an own image expects to find, by the image's name. */
const filesOfImages: Readonly<Record<string, (app: App, platform: Platform) => MountedFiles>> = {
  "start-page": startPageFiles,
};

function filesOf(app: App, platform: Platform): MountedFiles | undefined {
  const { own } = app.image;
  return own !== undefined && Object.hasOwn(filesOfImages, own) ? filesOfImages[own]?.(app, platform) : undefined;
}

/** Alerts need their CRD always, a route the gateway only where there is one. */
function needsOf({ hostName }: App): string[] {
  const always = [RELEASE.foundation, RELEASE.monitoringCrds];
  return hostName === undefined ? always : [...always, RELEASE.gatewayCrds, RELEASE.gateway];
}

/** Who calls whom, by name. */
function neighboursOf(apps: readonly App[]): ReadonlyMap<string, Neighbours> {
  const byName = new Map(apps.map((app) => [app.name, app]));
  const callers = new Map<string, App[]>(apps.map(({ name }) => [name, []]));
  for (const app of apps) for (const called of app.calls) callers.get(called)?.push(app);
  return new Map(
    apps.map((app) => [
      app.name,
      {
        callers: callers.get(app.name) ?? [],
        callees: app.calls.flatMap((called) => byName.get(called) ?? []),
      },
    ]),
  );
}
