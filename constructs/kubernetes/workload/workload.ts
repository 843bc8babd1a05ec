import { createHash } from "node:crypto";
import { Construct } from "constructs";
import type { Cluster } from "../../../platform/cluster";
import type { Workload as WorkloadModel } from "../../../platform/shared/workload";
import type { PrometheusRule, ServiceMonitor } from "../../imports/types/prometheus-operator";
import type {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
} from "../kinds";
import { componentLabels, FILES_ANNOTATION, KEEP, selectorLabels, TEAM_LABEL } from "../labels";
import { Manifest } from "../manifest";
import { type Alert, alertOf, alertsOf } from "./alerts";
import { versionLabel } from "./image-version";
import type { MountedFiles } from "./mounts";
import { operationsPortOf, podSpec } from "./pod-spec";
import { rangeOf, replicasOf } from "./replicas";
import { addRoute } from "./route";
import { SERVICE_PORT } from "./service-port";
import { egressOf, ingressOf } from "./traffic";

/** The other workloads that this one has to do with. */
export interface Neighbours {
  /** Workloads that call it. */
  readonly callers: readonly WorkloadModel[];
  /** Workloads that it calls. */
  readonly callees: readonly WorkloadModel[];
}

export interface WorkloadProps extends Neighbours {
  readonly app: WorkloadModel;
  readonly cluster: Cluster;
  /** The team of its namespace; alerts go there. */
  readonly team: string;
  /**
   * Files made at synthesis that its container reads; a change of theirs rolls the pods.
   * @default - none
   */
  readonly files?: MountedFiles;
  /**
   * Alerts besides those that every workload has.
   * @default - none
   */
  readonly alerts?: readonly Alert[];
}

/** Old ReplicaSets that are kept to go back to. */
const KEPT_REVISIONS = 3;

/** Until when a rolling update must have moved, in seconds; below Helm's own patience, so that the cause is reported. */
const ROLLOUT_DEADLINE_SECONDS = 240;

/** Share of the requested processor time, in percent, at which another replica is started: early enough for it to start. */
const BUSY = 70;

const SCRAPE = { interval: "30s", scrapeTimeout: "10s" } as const;

/** Everything that running a container well takes, and nothing that it must ask for. */
export class Workload extends Construct {
  private readonly app: WorkloadModel;
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
    this.addClaim();
    this.addDeployment();
    this.addAutoscaler();
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

  private addClaim(): void {
    const { claim } = this.app;
    if (claim === undefined) return;
    const { name, size, storageClass, removal } = claim;
    new Manifest<PersistentVolumeClaim>(this, "claim", {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { ...this.metadata(), name, ...(removal === "keep" ? { annotations: KEEP } : {}) },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: storageClass,
        resources: { requests: { storage: size.toString() } },
      },
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
        // Where the load decides, Helm must not: it would reset their number with every update.
        ...(rangeOf(app.footprint) === undefined ? { replicas: replicasOf(app.footprint) } : {}),
        revisionHistoryLimit: KEPT_REVISIONS,
        progressDeadlineSeconds: ROLLOUT_DEADLINE_SECONDS,
        selector: { matchLabels: selectorLabels(app.name) },
        strategy: this.strategy(),
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

  /** Two pods cannot use one volume: the old one leaves first. */
  private strategy(): NonNullable<Deployment["spec"]>["strategy"] {
    const { claim, footprint } = this.app;
    if (claim !== undefined) return { type: "Recreate" };
    return { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: footprint.surge } };
  }

  private addAutoscaler(): void {
    const { name, footprint } = this.app;
    const range = rangeOf(footprint);
    if (range === undefined) return;
    new Manifest<HorizontalPodAutoscaler>(this, "autoscaler", {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: this.metadata(),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: range.least,
        maxReplicas: range.most,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: BUSY } } },
        ],
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
        ports: [
          { name: "http", port: SERVICE_PORT, targetPort: "http", protocol: "TCP" },
          ...(this.app.operationsPort === undefined
            ? []
            : [{ name: "operations", port: this.app.operationsPort, targetPort: "operations", protocol: "TCP" }]),
        ],
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
    const { least = replicasOf(app.footprint) } = app.footprint;
    if (least < 2) return;
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
        endpoints: [{ port: operationsPortOf(this.app), path: metrics, ...SCRAPE }],
      },
    });
  }

  private addAlerts(): void {
    const { app, props } = this;
    const alerts = [...alertsOf(app), ...(props.alerts ?? [])];
    new Manifest<PrometheusRule>(this, "alerts", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: this.metadata(),
      spec: {
        groups: [{ name: `app-${app.name}`, rules: alerts.map((alert) => alertOf(alert, app.name, props.team)) }],
      },
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
