import { Construct } from "constructs";
import type { Ceph } from "../../../platform/storage";
import type { PrometheusRule } from "../../imports/types/prometheus-operator";
import { componentLabels } from "../labels";
import { Manifest } from "../manifest";
import { type AlertRule, alertOf } from "../workload/alerts";

export interface CephAlertsProps {
  readonly ceph: Ceph;
  /** Who answers for the platform. */
  readonly team: string;
}

/** Share of the devices at which somebody must have acted: below `nearfull` (0.85), so that a lost host still finds room. */
const FULL = 0.8;

/** Somebody who orders disks needs about this long, in days. */
const LEAD_TIME = 30;

/** How long the growth is looked at that the forecast goes by. */
const TREND = "3d";

/** Days until the devices are 80 % full, if they go on filling as in the last three days. */
const FORECAST = "ceph:days_until_80_percent";

/** What somebody must know of the storage cluster, from the metrics of Ceph's manager. */
export class CephAlerts extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CephAlertsProps,
  ) {
    super(scope, id);
    const { namespace } = props.ceph;
    new Manifest<PrometheusRule>(this, "Resource", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: "ceph-alerts", namespace, labels: componentLabels("rook-ceph") },
      spec: { groups: [{ name: "ceph", rules: [...this.forecast(), ...this.health(), ...this.capacity()] }] },
    });
  }

  private forecast(): AlertRule[] {
    const used = "ceph_cluster_total_used_raw_bytes";
    const growth = `deriv(${used}[${TREND}])`;
    const expr = `(${FULL} * ceph_cluster_total_bytes - ${used}) / (${growth} > 0) / 86400`;
    return [{ record: FORECAST, expr }];
  }

  private health(): AlertRule[] {
    const { mons } = this.props.ceph;
    const majority = Math.floor(mons / 2) + 1;
    return [
      this.alert({
        alert: "CephHealthError",
        expr: "ceph_health_status == 2",
        for: "5m",
        severity: "critical",
        summary: "Ceph reports an error: data is out of reach or in danger",
        description: "The storage cluster has been in HEALTH_ERR for five minutes.",
      }),
      // Ceph itself only warns of this, however much data it is. A group that lost all its hosts is stale, and still counted as active.
      this.alert({
        alert: "CephDataUnavailable",
        expr: "sum(ceph_pg_total) - sum(ceph_pg_active) > 0 or sum(ceph_pg_stale) > 0",
        for: "5m",
        severity: "critical",
        summary: "Data on the storage cluster can be neither read nor written",
        description:
          "{{ $value }} placement groups have been out of reach for five minutes: whoever asks for their data waits.",
      }),
      this.alert({
        alert: "CephHealthWarning",
        expr: "ceph_health_status == 1",
        for: "15m",
        severity: "warning",
        summary: "Ceph reports a warning",
        description: "The storage cluster has been in HEALTH_WARN for fifteen minutes.",
      }),
      this.alert({
        alert: "CephQuorumAtRisk",
        expr: `sum(ceph_mon_quorum_status) <= ${majority}`,
        for: "5m",
        severity: mons > 1 ? "critical" : "warning",
        summary: "One more lost monitor stops all storage",
        description: `{{ $value }} of ${mons} monitors are in the quorum, and ${majority} are needed.`,
      }),
      this.alert({
        alert: "CephOsdDown",
        expr: "ceph_osd_up == 0",
        for: "5m",
        severity: "warning",
        summary: "A device of the storage cluster is down",
        description: "{{ $labels.ceph_daemon }} has been down for five minutes. Its data has one copy less.",
      }),
      this.alert({
        alert: "CephSlowOperations",
        expr: "ceph_healthcheck_slow_ops > 0",
        for: "5m",
        severity: "warning",
        summary: "Storage answers slowly",
        description: "{{ $value }} operations have been waiting for more than 30 seconds.",
      }),
      this.alert({
        alert: "CephUnwatched",
        expr: "absent(ceph_health_status)",
        for: "10m",
        severity: "critical",
        summary: "Nobody watches the storage cluster",
        description: "Ceph's manager has sent no metrics for ten minutes: no other alert of storage can fire.",
      }),
    ];
  }

  private capacity(): AlertRule[] {
    return [
      this.alert({
        alert: "CephCapacityForecast",
        expr: `${FORECAST} < ${LEAD_TIME}`,
        for: "1h",
        severity: "warning",
        summary: "The storage cluster will be 80 % full within a month",
        description: '{{ $value | printf "%.0f" }} days are left, if it goes on filling as in the last three days.',
      }),
      this.alert({
        alert: "CephCapacity",
        expr: `ceph_cluster_total_used_raw_bytes / ceph_cluster_total_bytes > ${FULL}`,
        for: "15m",
        severity: "critical",
        summary: "The storage cluster is more than 80 % full",
        description:
          "{{ $value | humanizePercentage }} are used. From 85 % on Ceph warns, from 95 % on nothing can be written.",
      }),
    ];
  }

  private alert(alert: Parameters<typeof alertOf>[0]): AlertRule {
    return alertOf(alert, "rook-ceph", this.props.team);
  }
}
