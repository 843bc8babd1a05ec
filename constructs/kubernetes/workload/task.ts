import { createHash } from "node:crypto";
import { Construct } from "constructs";
import type { Cluster } from "../../../platform/cluster";
import type { Footprint } from "../../../platform/shared/footprint";
import type { SecretRef } from "../../../platform/shared/secrets";
import type { Workload } from "../../../platform/shared/workload";
import type { Job, NetworkPolicy } from "../kinds";
import { componentLabels, selectorLabels, TEAM_LABEL } from "../labels";
import { Manifest } from "../manifest";
import { versionLabel } from "./image-version";
import { mountsOf, volumesOf } from "./mounts";
import { containerBasics, podBasics } from "./pod-spec";
import { toAddresses } from "./traffic";

/** Something that a workload's image does once for each version of it, and then ends. */
export interface TaskModel {
  /** Other than the workload's, whose Service would send it requests. */
  readonly name: string;
  /** Of the image's own entry point. */
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly footprint: Footprint;
}

export interface TaskProps {
  readonly task: TaskModel;
  /** Whose image, account, files and ways out it uses. */
  readonly app: Workload;
  readonly cluster: Cluster;
  readonly team: string;
}

/** Attempts after the first, with 10, 20, 40 ... seconds between them: five minutes for a database that is away. */
const ATTEMPTS = 5;

/** Exit codes of a program that was told wrong things: the next attempt is told the same. */
const HOPELESS = [1, 2];

/**
 * A task as a Job. A Job cannot be changed, so its name carries a digest of everything in it: with another image or setting it is
 * another Job, an unchanged one stays as it is, and Helm removes the old one.
 */
export class Task extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskProps,
  ) {
    super(scope, id);
    this.addJob();
    this.addNetworkPolicy();
  }

  private addJob(): void {
    const { task, app } = this.props;
    const spec = this.jobSpec();
    const digest = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 10);
    new Manifest<Job>(this, "job", {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: `${task.name}-${digest}`, namespace: app.namespace, labels: this.labels() },
      spec,
    });
  }

  private jobSpec(): Job["spec"] {
    const { task, app, cluster } = this.props;
    const mounted = { secretFiles: app.secretFiles };
    return {
      backoffLimit: ATTEMPTS,
      podFailurePolicy: {
        rules: [
          {
            action: "FailJob",
            onExitCodes: { containerName: task.name, operator: "In", values: HOPELESS },
            onPodConditions: [],
          },
          // A drained node is no failed attempt.
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: {
        metadata: { labels: { ...this.labels(), ...versionLabel(app.image.reference) } },
        spec: {
          ...podBasics(task, app, cluster),
          restartPolicy: "Never",
          containers: [{ ...containerBasics(task, app), args: task.arguments, volumeMounts: mountsOf(mounted) }],
          volumes: volumesOf(mounted),
        },
      },
    };
  }

  private addNetworkPolicy(): void {
    const { task, app } = this.props;
    new Manifest<NetworkPolicy>(this, "traffic", {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: task.name, namespace: app.namespace, labels: this.labels() },
      spec: {
        podSelector: { matchLabels: selectorLabels(task.name) },
        policyTypes: ["Egress", "Ingress"],
        ingress: [],
        egress: toAddresses(app.reaches),
      },
    });
  }

  private labels(): Readonly<Record<string, string>> {
    return { ...componentLabels(this.props.task.name), [TEAM_LABEL]: this.props.team };
  }
}
