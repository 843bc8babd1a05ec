import type { App } from "../../../platform/apps";
import type { PrometheusRuleSpecGroupsRules } from "../../imports/types/prometheus-operator";
import { replicasOf } from "./replicas";

type AlertRule = PrometheusRuleSpecGroupsRules;

/**
 * Alerts that every application has, from the metrics of kube-state-metrics. The names are the same for all of them, so that one
 * runbook each explains them; labels say which application and whose.
 */
export function alertsOf(app: App, team: string): AlertRule[] {
  const deployment = `namespace="${app.namespace}", deployment="${app.name}"`;
  const container = `namespace="${app.namespace}", container="${app.name}"`;
  const alert = (rule: { alert: string; expr: string; for: string; severity: string } & Words): AlertRule => ({
    alert: rule.alert,
    expr: rule.expr,
    for: rule.for,
    labels: { severity: rule.severity, team, app: app.name },
    annotations: { summary: rule.summary, description: rule.description, runbook_url: runbookOf(rule.alert) },
  });
  const title = literal(app.title);
  const unavailable = alert({
    alert: "AppUnavailable",
    expr: `kube_deployment_status_replicas_available{${deployment}} == 0`,
    for: "2m",
    severity: "critical",
    summary: `${title} answers nobody`,
    description: `No replica of ${app.name} in namespace ${app.namespace} has been available for two minutes.`,
  });
  const degraded = alert({
    alert: "AppDegraded",
    expr: `kube_deployment_status_replicas_available{${deployment}} < kube_deployment_spec_replicas{${deployment}}`,
    for: "15m",
    severity: "warning",
    summary: `${title} runs with fewer replicas than it should`,
    description: `{{ $value }} of ${replicasOf(app.footprint)} replicas of ${app.name} in namespace ${app.namespace} have been available for 15 minutes.`,
  });
  const crashing = alert({
    alert: "AppCrashLooping",
    expr: `max_over_time(kube_pod_container_status_waiting_reason{${container}, reason="CrashLoopBackOff"}[5m]) >= 1`,
    for: "15m",
    severity: "warning",
    summary: `${title} starts again and again`,
    description: `Pod {{ $labels.pod }} of ${app.name} in namespace ${app.namespace} has been crashing for 15 minutes.`,
  });
  return [unavailable, degraded, crashing];
}

interface Words {
  readonly summary: string;
  readonly description: string;
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
