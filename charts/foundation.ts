import type { App } from "cdk8s";
import { TeamRights } from "../constructs/kubernetes/access/team-rights";
import { ProtectedNamespace } from "../constructs/kubernetes/namespace/protected-namespace";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import { addPriorities } from "../constructs/kubernetes/priorities";
import type { Cluster } from "../platform/cluster";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { RELEASE, SYSTEM_NAMESPACE } from "../platform/shared/release-names";

/** What everything else stands on: namespaces with their protections, priority classes, and the rights of the teams. */
export function foundation(app: App, platform: Platform): Release[] {
  const { cluster } = platform;
  if (cluster === undefined) return [];
  const chart = new ReleaseChart(app, RELEASE.foundation);
  addPriorities(chart);
  addGatewayNamespace(chart, platform, cluster);
  addStorageNamespace(chart, platform, cluster);
  for (const namespace of platform.access.namespaces) {
    new ProtectedNamespace(chart, `namespace-${namespace.name}`, {
      ...namespace,
      kubernetes: cluster.version,
      routes: true,
      workloads: platform.apps.all
        .filter((one) => one.namespace === namespace.name)
        .map(({ footprint }) => footprint.resources),
    });
  }
  new TeamRights(chart, "access", platform.access);
  return [ownRelease(chart, { name: RELEASE.foundation, namespace: SYSTEM_NAMESPACE, needs: [] })];
}

/** Holds Rook, Ceph and its CSI drivers, where there are any. */
function addStorageNamespace(chart: ReleaseChart, { storage: { ceph } }: Platform, { version }: Cluster): void {
  if (ceph === undefined) return;
  new ProtectedNamespace(chart, "storage-namespace", {
    name: ceph.namespace,
    kubernetes: version,
    // OSDs open whole disks, and the drivers mount volumes for the hosts' pods: neither works without privileges.
    podSecurity: "privileged",
    removal: ceph.removal,
  });
}

/** Holds the shared Gateway and its certificate, and no pods. */
function addGatewayNamespace(chart: ReleaseChart, { removal }: Platform, { gateway, version }: Cluster): void {
  new ProtectedNamespace(chart, "gateway-namespace", {
    name: gateway.namespace,
    kubernetes: version,
    podSecurity: "restricted",
    removal,
  });
}
