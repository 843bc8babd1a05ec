import type { App } from "cdk8s";
import { SharedGateway } from "../constructs/kubernetes/gateway/shared-gateway";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { RELEASE } from "../platform/shared/release-names";
import { secretNeeds } from "./secrets";

/** The way in that all applications share. */
export function gateway(app: App, platform: Platform): Release[] {
  const { cluster, network } = platform;
  if (cluster === undefined) return [];
  const chart = new ReleaseChart(app, RELEASE.gateway);
  new SharedGateway(chart, "shared", { gateway: cluster.gateway, domain: network.domain });
  const needs = [RELEASE.foundation, RELEASE.gatewayCrds, ...secretNeeds(platform)];
  return [ownRelease(chart, { name: RELEASE.gateway, namespace: cluster.gateway.namespace, needs })];
}
