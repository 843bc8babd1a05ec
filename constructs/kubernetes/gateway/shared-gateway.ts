import { Construct } from "constructs";
import type { Gateway as GatewayModel } from "../../../platform/cluster";
import type {
  Gateway,
  GatewaySpecListeners,
  GatewaySpecListenersAllowedRoutes,
  HttpRoute,
} from "../../imports/types/gateway-api";
import { componentLabels, withSharedRoutes } from "../labels";
import { Manifest } from "../manifest";

export interface SharedGatewayProps {
  readonly gateway: GatewayModel;
  /** Every host name of the environment lies below it. */
  readonly domain: string;
}

/** Names of the gateway's listeners; routes attach to one of them. */
const LISTENER = { http: "http", https: "https" } as const;

/** The listener of plain HTTP. With a certificate, only routes of the gateway's own namespace can attach to it. */
export const PLAIN_LISTENER = LISTENER.http;

/** The listener at which applications answer: HTTPS wherever there is a certificate. */
export function listenerOf({ certificate }: GatewayModel): string {
  return certificate === undefined ? LISTENER.http : LISTENER.https;
}

/**
 * The one way in: a Gateway for every host below the environment's domain, in a namespace of its own.
 * With a certificate, plain HTTP only answers with a redirect, and no route of an application can attach to it.
 */
export class SharedGateway extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SharedGatewayProps,
  ) {
    super(scope, id);
    this.addGateway();
    if (props.gateway.certificate !== undefined) this.addRedirect();
  }

  private addGateway(): void {
    const { name, className, certificate } = this.props.gateway;
    const http = { name: LISTENER.http, port: 80, protocol: "HTTP" };
    new Manifest<Gateway>(this, "gateway", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: this.metadata(name),
      spec: {
        gatewayClassName: className,
        listeners:
          certificate === undefined
            ? [this.listener({ ...http, allowedRoutes: routesOfApplications })]
            : [
                this.listener({ ...http, allowedRoutes: { namespaces: { from: "Same" } } }),
                this.listener({
                  name: LISTENER.https,
                  port: 443,
                  protocol: "HTTPS",
                  tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: certificate }] },
                  allowedRoutes: routesOfApplications,
                }),
              ],
      },
    });
  }

  private listener(listener: GatewaySpecListeners): GatewaySpecListeners {
    return { ...listener, hostname: `*.${this.props.domain}` };
  }

  private addRedirect(): void {
    const { name } = this.props.gateway;
    new Manifest<HttpRoute>(this, "redirect", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: this.metadata("redirect-to-https"),
      spec: {
        parentRefs: [{ name, sectionName: LISTENER.http }],
        rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
      },
    });
  }

  private metadata(name: string) {
    return { name, namespace: this.props.gateway.namespace, labels: componentLabels(this.props.gateway.name) };
  }
}

/** Only from namespaces that Bastide marked, in each of which a policy knows the host names that routes may have. */
const routesOfApplications: GatewaySpecListenersAllowedRoutes = {
  namespaces: { from: "Selector", selector: withSharedRoutes },
};
