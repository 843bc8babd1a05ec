import type { Construct } from "constructs";
import type { App } from "../../../platform/apps";
import type { Gateway } from "../../../platform/cluster";
import type { HttpRoute, HttpRouteSpecRules } from "../../imports/types/gateway-api";
import { listenerOf } from "../gateway/shared-gateway";
import { Manifest } from "../manifest";
import { SERVICE_PORT } from "./service-port";

export interface RouteProps {
  readonly app: App;
  readonly gateway: Gateway;
  readonly labels: Readonly<Record<string, string>>;
}

/** Adds the way from the shared gateway to an application, if it has a host name. */
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
        ...(app.metrics === undefined ? [] : [closed(app.metrics)]),
        { backendRefs: [{ name: app.name, port: SERVICE_PORT }] },
      ],
    },
  });
}

/** Metrics are on the application's own port, but they are Prometheus's alone: from outside, their path leads to the page. */
function closed(path: string): HttpRouteSpecRules {
  return {
    matches: [{ path: { type: "PathPrefix", value: path } }],
    filters: [
      {
        type: "RequestRedirect",
        requestRedirect: { path: { type: "ReplaceFullPath", replaceFullPath: "/" }, statusCode: 302 },
      },
    ],
  };
}
