import { Construct } from "constructs";
import type { Callhome } from "../../../platform/callhome";
import type { Gateway } from "../../../platform/cluster";
import type { HttpRoute, ReferenceGrant } from "../../imports/types/gateway-api";
import { PLAIN_LISTENER } from "../gateway/shared-gateway";
import { componentLabels } from "../labels";
import { Manifest } from "../manifest";
import { matchOf } from "../workload/route";
import { SERVICE_PORT } from "../workload/service-port";

export interface LegacyRouteProps {
  readonly callhome: Callhome;
  readonly gateway: Gateway;
}

/**
 * The way of old products, which know no HTTPS and follow no redirect: their addresses, and nothing else, are served over plain
 * HTTP. The gateway's plain listener takes routes of the gateway's own namespace only, so the route is there, and a grant beside
 * the service lets it point to that one Service.
 */
export class LegacyRoute extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: LegacyRouteProps,
  ) {
    super(scope, id);
    this.addRoute();
    this.addGrant();
  }

  private addRoute(): void {
    const { callhome, gateway } = this.props;
    const { name, namespace, hostName } = callhome.workload;
    new Manifest<HttpRoute>(this, "route", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: `${name}-legacy`, namespace: gateway.namespace, labels: componentLabels(name) },
      spec: {
        parentRefs: [{ name: gateway.name, sectionName: PLAIN_LISTENER }],
        hostnames: [hostName],
        rules: [
          {
            matches: callhome.legacyPaths.map(matchOf),
            backendRefs: [{ name, namespace, port: SERVICE_PORT }],
          },
          // This route is nearer to the host than the redirect of all hosts, so it must redirect what else is asked for itself.
          { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] },
        ],
      },
    });
  }

  private addGrant(): void {
    const { callhome, gateway } = this.props;
    const { name, namespace } = callhome.workload;
    new Manifest<ReferenceGrant>(this, "grant", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "ReferenceGrant",
      metadata: { name: `${name}-legacy`, namespace, labels: componentLabels(name) },
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: gateway.namespace }],
        to: [{ group: "", kind: "Service", name }],
      },
    });
  }
}
