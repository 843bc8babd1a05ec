import type { Workload } from "../../../platform/shared/workload";
import type { PrometheusRuleSpecGroupsRules } from "../../imports/types/prometheus-operator";
import { replicasText } from "./replicas";

export type AlertRule = PrometheusRuleSpecGroupsRules;

/** What an alert is about, in the words of its reader. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it must be so. */
  readonly for: string;
  readonly severity: "warning" | "critical";
  readonly summary: string;
  readonly description: string;
}

/** An alert of a workload, for the team of its namespace, with the address of its runbook. */
export function alertOf(alert: Alert, app: string, team: string): AlertRule {
  const { summary, description } = alert;
  return {
    alert: alert.alert,
    expr: alert.expr,
    for: alert.for,
    labels: { severity: alert.severity, team, app },
    annotations: { summary, description, runbook_url: runbookOf(alert.alert) },
  };
}

/**
 * Alerts that every workload has, from the metrics of kube-state-metrics. The names are the same for all of them, so that one
 * runbook each explains them; labels say which application and whose.
 */
export function alertsOf({ name, namespace, footprint, ...app }: Workload): Alert[] {
  const deployment = `namespace="${namespace}", deployment="${name}"`;
  const container = `namespace="${namespace}", container="${name}"`;
  const title = literal(app.title);
  return [
    {
      alert: "AppUnavailable",
      expr: `kube_deployment_status_replicas_available{${deployment}} == 0`,
      for: "2m",
      severity: "critical",
      summary: `${title} answers nobody`,
      description: `No replica of ${name} in namespace ${namespace} has been available for two minutes.`,
    },
    {
      alert: "AppDegraded",
      expr: `kube_deployment_status_replicas_available{${deployment}} < kube_deployment_spec_replicas{${deployment}}`,
      for: "15m",
      severity: "warning",
      summary: `${title} runs with fewer replicas than it should`,
      description: `{{ $value }} of ${replicasText(footprint)} replicas of ${name} in namespace ${namespace} have been available for 15 minutes.`,
    },
    {
      alert: "AppCrashLooping",
      expr: `max_over_time(kube_pod_container_status_waiting_reason{${container}, reason="CrashLoopBackOff"}[5m]) >= 1`,
      for: "15m",
      severity: "warning",
      summary: `${title} starts again and again`,
      description: `Pod {{ $labels.pod }} of ${name} in namespace ${namespace} has been crashing for 15 minutes.`,
    },
  ];
}

/** Text of a user in an annotation: Prometheus would read `{{` in it as the beginning of a template. */
function literal(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

/** `AppCrashLooping` is explained in `docs/runbooks/app-crash-looping.md`; the address is relative to `docs/`. */
function runbookOf(alert: string): string {
  const file = alert.replaceAll(/(?<=[a-z])[A-Z]/g, (capital) => `-${capital}`).toLowerCase();
  return `runbooks/${file}.md`;
}
