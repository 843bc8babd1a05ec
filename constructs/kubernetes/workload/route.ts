import type { Construct } from "constructs";
import type { Gateway } from "../../../platform/cluster";
import type { OpenPath, Workload } from "../../../platform/shared/workload";
import type { HttpRoute, HttpRouteSpecRules, HttpRouteSpecRulesMatches } from "../../imports/types/gateway-api";
import { listenerOf } from "../gateway/shared-gateway";
import { Manifest } from "../manifest";
import { SERVICE_PORT } from "./service-port";

export interface RouteProps {
  readonly app: Workload;
  readonly gateway: Gateway;
  readonly labels: Readonly<Record<string, string>>;
}

/** Adds the way from the shared gateway to a workload, if it has a host name. */
export function addRoute(scope: Construct, { app, gateway, labels }: RouteProps): void {
  if (app.hostName === undefined) return;
  new Manifest<HttpRoute>(scope, "route", {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: app.name, namespace: app.namespace, labels },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: listenerOf(gateway) }],
      hostnames: [app.hostName],
      rules: [
        ...(closedMetrics(app) ?? []),
        {
          ...(app.openPaths === undefined ? {} : { matches: app.openPaths.map(matchOf) }),
          backendRefs: [{ name: app.name, port: SERVICE_PORT }],
        },
      ],
    },
  });
}

/** A path as the Gateway API matches it. */
export function matchOf({ kind, path }: OpenPath): HttpRouteSpecRulesMatches {
  return { path: { type: kind === "exact" ? "Exact" : "PathPrefix", value: path } };
}

/**
 * Metrics on the workload's own port are Prometheus's alone: from outside, their path leads to the page. Where only some paths
 * are open, theirs is not among them.
 */
function closedMetrics({ metrics, openPaths, operationsPort }: Workload): HttpRouteSpecRules[] | undefined {
  if (metrics === undefined || openPaths !== undefined || operationsPort !== undefined) return undefined;
  return [
    {
      matches: [matchOf({ kind: "prefix", path: metrics })],
      filters: [
        {
          type: "RequestRedirect",
          requestRedirect: { path: { type: "ReplaceFullPath", replaceFullPath: "/" }, statusCode: 302 },
        },
      ],
    },
  ];
}
