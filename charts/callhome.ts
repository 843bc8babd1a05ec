import type { App as KubernetesApp } from "cdk8s";
import { callhomeAlerts } from "../constructs/kubernetes/callhome/alerts";
import { callhomeFiles } from "../constructs/kubernetes/callhome/files";
import { LegacyRoute } from "../constructs/kubernetes/callhome/legacy-route";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import { Task } from "../constructs/kubernetes/workload/task";
import { Workload } from "../constructs/kubernetes/workload/workload";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { RELEASE } from "../platform/shared/release-names";
import { secretNeeds } from "./secrets";

/**
 * Seconds that Helm waits for an update: the new replicas are ready when the migration has ended, and a migration of a large
 * table takes its time. The old ones serve all the while.
 */
const PATIENCE = 900;

/** The company's own service, which its products call at launch. */
export function callhomeRelease(app: KubernetesApp, platform: Platform): Release[] {
  const { callhome, cluster, access } = platform;
  if (callhome === undefined || cluster === undefined) return [];
  const { workload, migration, legacyPaths } = callhome;
  const team = access.namespaces.find(({ name }) => name === workload.namespace)?.team ?? "";
  const chart = new ReleaseChart(app, RELEASE.callhome);
  new Workload(chart, "workload", {
    app: workload,
    cluster,
    team,
    callers: [],
    callees: [],
    files: callhomeFiles(callhome),
    alerts: callhomeAlerts(callhome),
  });
  if (migration !== undefined) new Task(chart, "migration", { task: migration, app: workload, cluster, team });
  // Without a certificate the whole service is served over plain HTTP anyway.
  if (legacyPaths.length > 0 && cluster.gateway.certificate !== undefined) {
    new LegacyRoute(chart, "legacy", { callhome, gateway: cluster.gateway });
  }
  const needs = [
    RELEASE.foundation,
    RELEASE.monitoringCrds,
    RELEASE.gatewayCrds,
    RELEASE.gateway,
    ...secretNeeds(platform),
  ];
  return [ownRelease(chart, { name: RELEASE.callhome, namespace: workload.namespace, needs, timeout: PATIENCE })];
}
