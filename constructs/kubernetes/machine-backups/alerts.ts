import { Construct } from "constructs";
import type { HarborService } from "../../../platform/services";
import type { PrometheusRule } from "../../imports/types/prometheus-operator";
import { componentLabels } from "../labels";
import { Manifest } from "../manifest";
import { type AlertRule, alertOf } from "../workload/alerts";

export interface MachineBackupAlertsProps {
  readonly namespace: string;
  /** Services on machines whose backup measures its own success. */
  readonly services: readonly HarborService[];
  /** Who answers for the platform. */
  readonly team: string;
}

/** Hours after which a daily backup is late: half a day in which the next one may still have mended it. */
const LATE = 36;

const MEASURED = "bastide_backup_last_success_timestamp_seconds";

/** What somebody must know of backups that machines make of themselves, from the metrics that the node exporter hands on. */
export class MachineBackupAlerts extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: MachineBackupAlertsProps,
  ) {
    super(scope, id);
    const { namespace, services } = props;
    new Manifest<PrometheusRule>(this, "Resource", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: "machine-backups", namespace, labels: componentLabels("machine-backups") },
      spec: {
        groups: services.map((service) => ({ name: `backup of ${service.name}`, rules: this.alertsOf(service) })),
      },
    });
  }

  private alertsOf({ kind, name, machines: [machine] }: HarborService): AlertRule[] {
    const measured = `${MEASURED}{backup="${kind}", name="${name}"}`;
    const last = `last_over_time(${measured}[1h])`;
    const what = `${name} (${kind} on machine ${machine?.key ?? "unknown"})`;
    return [
      this.alert({
        alert: "MachineBackupLate",
        expr: `time() - (${last} > 0) > ${LATE} * 3600`,
        for: "15m",
        severity: "critical",
        summary: `The backup of ${name} is late`,
        description: `The last backup of ${what} that succeeded is {{ $value | humanizeDuration }} old. It is made every day.`,
      }),
      this.alert({
        alert: "MachineBackupNeverSucceeded",
        expr: `${last} == 0`,
        for: "1h",
        severity: "critical",
        summary: `The backup of ${name} has never succeeded`,
        description: `No backup of ${what} has succeeded since it was set up.`,
      }),
      this.alert({
        alert: "MachineBackupUnwatched",
        expr: `absent(${measured})`,
        for: "1h",
        severity: "critical",
        summary: `Nobody knows whether ${name} is backed up`,
        description: `The machine of ${what} has told nothing of its backup for an hour: no other alert of it can fire.`,
      }),
    ];
  }

  private alert(alert: Parameters<typeof alertOf>[0]): AlertRule {
    return alertOf(alert, "machine-backups", this.props.team);
  }
}
