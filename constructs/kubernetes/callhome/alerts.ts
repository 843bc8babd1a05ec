import type { Callhome } from "../../../platform/callhome";
import type { Alert } from "../workload/alerts";

/** Roll-ups follow within a minute; a quarter of an hour is a failure and no delay. In seconds. */
const LATE_ROLLUPS = 900;

/** Share of an old product's calls that may be rubbish before somebody should look for a missing alias. */
const REFUSED_SHARE = 0.05;

/** What is worth waking somebody for, by the figures of the service itself; each has its runbook. */
export function callhomeAlerts({ workload: { name, namespace }, migration }: Callhome): Alert[] {
  const own = `namespace="${namespace}", job="${name}"`;
  const alerts: Alert[] = [
    {
      alert: "CallhomeDatabaseAway",
      expr: `sum(rate(callhome_calls_total{${own}, outcome="unavailable"}[2m])) > 0`,
      for: "2m",
      severity: "critical",
      summary: "Callhome cannot store calls",
      description: `Calls are answered 503 because the database of ${name} in namespace ${namespace} does not take them. Clients keep theirs.`,
    },
    {
      alert: "CallhomeTurnsCallsAway",
      expr: `sum(rate(callhome_shed_total{${own}, reason="overload"}[5m])) > 0`,
      for: "10m",
      severity: "warning",
      summary: "Callhome turns calls away",
      description: `{{ $value }} requests a second are told to come back later: the queue of ${name} in namespace ${namespace} is full.`,
    },
    {
      alert: "CallhomeRollupsLate",
      expr: `max(callhome_rollup_oldest_due_seconds{${own}}) > ${LATE_ROLLUPS}`,
      for: "15m",
      severity: "warning",
      summary: "Callhome's statistics are behind",
      description: `The oldest change that is not in the daily counts of ${name} in namespace ${namespace} yet is {{ $value }} seconds old.`,
    },
    {
      alert: "CallhomeRollupsDiffer",
      expr: `max(callhome_rollup_mismatches{${own}}) > 0`,
      for: "5m",
      severity: "warning",
      summary: "Callhome's statistics differ from its calls",
      description: `{{ $value }} product days of ${name} in namespace ${namespace} did not equal their calls at the last check.`,
    },
    {
      alert: "CallhomeJobFails",
      expr: `max by (name) (callhome_job_failed{${own}}) > 0`,
      for: "1h",
      severity: "warning",
      summary: "A job of Callhome fails",
      description: `The job {{ $labels.name }} of ${name} in namespace ${namespace} fails again and again. Calls are taken as ever.`,
    },
    {
      alert: "CallhomeRefusesOldCalls",
      expr: `sum(rate(callhome_refused_total{${own}, source="legacy"}[1h])) > ${REFUSED_SHARE} * sum(rate(callhome_calls_total{${own}, source="legacy"}[1h]))`,
      for: "1h",
      severity: "warning",
      summary: "Callhome refuses calls of old products",
      description: `More than ${REFUSED_SHARE * 100} % of the old calls to ${name} in namespace ${namespace} are refused.`,
    },
  ];
  if (migration === undefined) return alerts;
  return [
    ...alerts,
    {
      alert: "CallhomeMigrationFailed",
      expr: `max(kube_job_status_failed{namespace="${namespace}", job_name=~"${migration.name}-.*"}) > 0 and max(kube_job_status_succeeded{namespace="${namespace}", job_name=~"${migration.name}-.*"}) == 0`,
      for: "5m",
      severity: "critical",
      summary: "Callhome's database was not brought up to date",
      description: `The migration of ${name} in namespace ${namespace} fails. The old version goes on taking calls; the new one waits.`,
    },
  ];
}
