import { Construct } from "constructs";
import type { PodSecurity, Quota } from "../../../platform/access";
import type { Removal } from "../../../platform/shared/domain";
import type { Resources } from "../../../platform/shared/footprint";
import type { LimitRange, Namespace, NetworkPolicy, ResourceQuota } from "../kinds";
import { KEEP, PART_OF, ROUTES_LABEL, TEAM_LABEL } from "../labels";
import { Manifest } from "../manifest";
import { toNameServers } from "../network-peers";
import { PRIORITY } from "../priorities";
import { containerLimits } from "./container-limits";

export interface ProtectedNamespaceProps {
  readonly name: string;
  /** Minor version of the cluster: the pod security rules are those of this version, not of whatever the cluster becomes. */
  readonly kubernetes: string;
  readonly podSecurity: PodSecurity;
  readonly removal: Removal;
  /**
   * Whose it is.
   * @default - the platform's own
   */
  readonly team?: string;
  /**
   * The most that its pods may ask for together.
   * @default - no quota
   */
  readonly quota?: Quota;
  /**
   * Whether its routes may use the shared gateway.
   * @default false
   */
  readonly routes?: boolean;
  /**
   * What the containers that Bastide puts there use; none of them may be refused by a limit.
   * @default []
   */
  readonly workloads?: readonly Resources[];
}

/** A namespace in which nothing is allowed that nobody asked for: pod security, quota, limits, and no traffic but DNS. */
export class ProtectedNamespace extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ProtectedNamespaceProps,
  ) {
    super(scope, id);
    this.addNamespace();
    this.addLimits();
    this.addPolicies();
    if (props.quota) {
      this.addQuota(props.quota);
      this.addPriorityQuota();
    }
  }

  private addNamespace(): void {
    const { name, kubernetes, podSecurity, removal, team, routes } = this.props;
    new Manifest<Namespace>(this, "namespace", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name,
        labels: {
          ...PART_OF,
          ...(team === undefined ? {} : { [TEAM_LABEL]: team }),
          ...(routes ? { [ROUTES_LABEL]: "shared" } : {}),
          ...podSecurityLabels(podSecurity, kubernetes),
        },
        ...(removal === "keep" ? { annotations: KEEP } : {}),
      },
    });
  }

  private addLimits(): void {
    const { quota, workloads } = this.props;
    new Manifest<LimitRange>(this, "limits", {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: this.metadata("containers"),
      spec: { limits: [containerLimits(quota, workloads ?? [])] },
    });
  }

  private addPolicies(): void {
    new Manifest<NetworkPolicy>(this, "deny", {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: this.metadata("deny-all"),
      spec: { podSelector: {}, policyTypes: ["Egress", "Ingress"] },
    });
    new Manifest<NetworkPolicy>(this, "dns", {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: this.metadata("allow-dns"),
      spec: { podSelector: {}, policyTypes: ["Egress"], egress: [toNameServers] },
    });
  }

  private addQuota({ cpu, memory, pods }: Quota): void {
    new Manifest<ResourceQuota>(this, "quota", {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: this.metadata("namespace"),
      spec: {
        hard: {
          pods: String(pods),
          "requests.cpu": cpu.toString(),
          "requests.memory": memory.toString(),
          // The way in is the shared gateway; a load balancer or node port of one's own would pass by it.
          "services.loadbalancers": "0",
          "services.nodeports": "0",
        },
      },
    });
  }

  /** No pod here may push out what the platform rests on: the priorities above the applications' are closed. */
  private addPriorityQuota(): void {
    new Manifest<ResourceQuota>(this, "priorities", {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: this.metadata("priorities"),
      spec: {
        hard: { pods: "0" },
        scopeSelector: {
          matchExpressions: [
            {
              scopeName: "PriorityClass",
              operator: "In",
              values: ["system-cluster-critical", "system-node-critical", PRIORITY.platform],
            },
          ],
        },
      },
    });
  }

  private metadata(name: string) {
    return { name, namespace: this.props.name, labels: PART_OF };
  }
}

/** What the API server enforces, and what it warns of and logs: always `restricted`, so that a looser namespace is seen. */
function podSecurityLabels(level: PodSecurity, kubernetes: string): Record<string, string> {
  const prefix = "pod-security.kubernetes.io";
  const version = `v${kubernetes}`;
  return {
    [`${prefix}/enforce`]: level,
    [`${prefix}/enforce-version`]: version,
    [`${prefix}/audit`]: "restricted",
    [`${prefix}/audit-version`]: version,
    [`${prefix}/warn`]: "restricted",
    [`${prefix}/warn-version`]: version,
  };
}
