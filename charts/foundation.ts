import type { App } from "cdk8s";
import { addPlainServices } from "../constructs/kubernetes/access/plain-services";
import { addRouteHosts } from "../constructs/kubernetes/access/route-hosts";
import { TeamRights } from "../constructs/kubernetes/access/team-rights";
import { ExternalSecretsNetworkPolicies } from "../constructs/kubernetes/external-secrets/network-policies";
import { ProtectedNamespace } from "../constructs/kubernetes/namespace/protected-namespace";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import { addPriorities } from "../constructs/kubernetes/priorities";
import type { Cluster } from "../platform/cluster";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { RELEASE, SYSTEM_NAMESPACE } from "../platform/shared/release-names";
import { hostsByNamespace } from "../platform/shared/route-hosts";

/** What everything else stands on: namespaces with their protections, priority classes, and the rights of the teams. */
export function foundation(app: App, platform: Platform): Release[] {
  const { cluster } = platform;
  if (cluster === undefined) return [];
  const chart = new ReleaseChart(app, RELEASE.foundation);
  addPriorities(chart);
  addGatewayNamespace(chart, platform, cluster);
  addStorageNamespace(chart, platform, cluster);
  addSecretStoreNamespace(chart, platform, cluster);
  for (const namespace of platform.access.namespaces) {
    new ProtectedNamespace(chart, `namespace-${namespace.name}`, {
      ...namespace,
      kubernetes: cluster.version,
      routes: true,
      workloads: platform.footprints
        .filter((footprint) => footprint.namespace === namespace.name)
        .map(({ resources }) => resources),
    });
  }
  new TeamRights(chart, "access", platform.access);
  addPolicies(chart, platform);
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

/** What nobody may write into a namespace of the teams, whatever their rights are. */
function addPolicies(chart: ReleaseChart, { access, workloads }: Platform): void {
  if (access.namespaces.length === 0) return;
  addPlainServices(chart);
  addRouteHosts(chart, hostsByNamespace(workloads));
}

/** Holds External Secrets, where it delivers. */
function addSecretStoreNamespace(chart: ReleaseChart, platform: Platform, cluster: Cluster): void {
  const { network, secretStore: store } = platform;
  if (store.kind !== "external-secrets") return;
  new ProtectedNamespace(chart, "secret-store-namespace", {
    name: store.namespace,
    kubernetes: cluster.version,
    podSecurity: "restricted",
    // Nothing in it is anybody's data.
    removal: "destroy",
    workloads: Object.values(store.workloads).map(({ resources }) => resources),
  });
  new ExternalSecretsNetworkPolicies(chart, "secret-store-network", { store, network, cluster });
}
