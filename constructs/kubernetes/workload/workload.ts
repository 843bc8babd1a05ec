import { createHash } from "node:crypto";
import { Construct } from "constructs";
import type { App } from "../../../platform/apps";
import type { Cluster } from "../../../platform/cluster";
import type { PrometheusRule, ServiceMonitor } from "../../imports/types/prometheus-operator";
import type { ConfigMap, Deployment, NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount } from "../kinds";
import { componentLabels, FILES_ANNOTATION, selectorLabels, TEAM_LABEL } from "../labels";
import { Manifest } from "../manifest";
import { alertsOf } from "./alerts";
import { versionLabel } from "./image-version";
import { type MountedFiles, podSpec } from "./pod-spec";
import { replicasOf } from "./replicas";
import { addRoute } from "./route";
import { SERVICE_PORT } from "./service-port";
import { egressOf, ingressOf } from "./traffic";

/** The other applications that this one has to do with. */
export interface Neighbours {
  /** Applications that call it. */
  readonly callers: readonly App[];
  /** Applications that it calls. */
  readonly callees: readonly App[];
}

export interface WorkloadProps extends Neighbours {
  readonly app: App;
  readonly cluster: Cluster;
  /** The team of its namespace; alerts go there. */
  readonly team: string;
  /**
   * Secret with which its image is pulled.
   * @default - none
   */
  readonly pullSecret?: string;
  /**
   * Files made at synthesis that its container reads; a change of theirs rolls the pods.
   * @default - none
   */
  readonly files?: MountedFiles;
}

/** Old ReplicaSets that are kept to go back to. */
const KEPT_REVISIONS = 3;

/** Until when a rolling update must have moved, in seconds; below Helm's own patience, so that the cause is reported. */
const ROLLOUT_DEADLINE_SECONDS = 240;

const SCRAPE = { interval: "30s", scrapeTimeout: "10s" } as const;

/** An application as a complete workload: everything that running it well takes, and nothing that it must ask for. */
export class Workload extends Construct {
  private readonly app: App;
  private readonly labels: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkloadProps,
  ) {
    super(scope, id);
    this.app = props.app;
    this.labels = { ...componentLabels(props.app.name), [TEAM_LABEL]: props.team };
    this.addServiceAccount();
    if (props.files) this.addFiles(props.files);
    this.addDeployment();
    this.addService();
    addRoute(this, { app: props.app, gateway: props.cluster.gateway, labels: this.labels });
    this.addNetworkPolicy();
    this.addDisruptionBudget();
    this.addMonitor();
    this.addAlerts();
  }

  private addServiceAccount(): void {
    new Manifest<ServiceAccount>(this, "account", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: this.metadata(),
      automountServiceAccountToken: false,
    });
  }

  private addFiles({ name, content }: MountedFiles): void {
    new Manifest<ConfigMap>(this, "files", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { ...this.metadata(), name },
      data: content,
    });
  }

  private addDeployment(): void {
    const { app, props } = this;
    const labels = { ...this.labels, ...versionLabel(app.image.reference) };
    new Manifest<Deployment>(this, "deployment", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...this.metadata(), labels },
      spec: {
        replicas: replicasOf(app.footprint),
        revisionHistoryLimit: KEPT_REVISIONS,
        progressDeadlineSeconds: ROLLOUT_DEADLINE_SECONDS,
        selector: { matchLabels: selectorLabels(app.name) },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: app.footprint.surge } },
        template: {
          metadata: {
            labels,
            ...(props.files ? { annotations: { [FILES_ANNOTATION]: checksum(props.files) } } : {}),
          },
          spec: podSpec(props),
        },
      },
    });
  }

  private addService(): void {
    new Manifest<Service>(this, "service", {
      apiVersion: "v1",
      kind: "Service",
      metadata: this.metadata(),
      spec: {
        type: "ClusterIP",
        selector: selectorLabels(this.app.name),
        ports: [{ name: "http", port: SERVICE_PORT, targetPort: "http", protocol: "TCP" }],
      },
    });
  }

  /** Opens what the application needs; its namespace denies the rest and allows DNS. */
  private addNetworkPolicy(): void {
    const { app, props } = this;
    new Manifest<NetworkPolicy>(this, "traffic", {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: this.metadata(),
      spec: {
        podSelector: { matchLabels: selectorLabels(app.name) },
        policyTypes: ["Egress", "Ingress"],
        ingress: ingressOf(app, props.callers, props.cluster.gateway),
        egress: egressOf(app, props.callees),
      },
    });
  }

  /** One replica alone cannot be kept while its node is drained: a budget would only block the drain. */
  private addDisruptionBudget(): void {
    const { app } = this;
    if (replicasOf(app.footprint) < 2) return;
    new Manifest<PodDisruptionBudget>(this, "budget", {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: this.metadata(),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorLabels(app.name) },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    });
  }

  private addMonitor(): void {
    const { name, metrics } = this.app;
    if (metrics === undefined) return;
    new Manifest<ServiceMonitor>(this, "monitor", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: this.metadata(),
      spec: {
        jobLabel: "app.kubernetes.io/name",
        selector: { matchLabels: selectorLabels(name) },
        endpoints: [{ port: "http", path: metrics, ...SCRAPE }],
      },
    });
  }

  private addAlerts(): void {
    new Manifest<PrometheusRule>(this, "alerts", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: this.metadata(),
      spec: { groups: [{ name: `app-${this.app.name}`, rules: alertsOf(this.app, this.props.team) }] },
    });
  }

  private metadata() {
    const { name, namespace } = this.app;
    return { name, namespace, labels: this.labels };
  }
}

/** Twelve hexadecimal digits of a digest over names and contents, whatever their order. */
function checksum({ content }: MountedFiles): string {
  const entries = Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 12);
}
