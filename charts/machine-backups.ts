import type { App } from "cdk8s";
import { MachineBackupAlerts } from "../constructs/kubernetes/machine-backups/alerts";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import type { Platform } from "../platform/platform";
import type { HarborService } from "../platform/services";
import type { Release } from "../platform/shared/release";
import { RELEASE, SYSTEM_NAMESPACE } from "../platform/shared/release-names";

/** Alerts of backups that machines make of themselves, where any does. */
export function machineBackups(app: App, { access, services }: Platform): Release[] {
  const backedUp = services.all.filter(
    (service): service is HarborService => service.kind === "harbor" && service.backup.kind !== "none",
  );
  if (backedUp.length === 0) return [];
  const chart = new ReleaseChart(app, RELEASE.machineBackups);
  const team = access.teams.find(({ role }) => role === "platform")?.name ?? "";
  new MachineBackupAlerts(chart, "alerts", { namespace: SYSTEM_NAMESPACE, services: backedUp, team });
  const needs = [RELEASE.foundation, RELEASE.monitoringCrds];
  return [ownRelease(chart, { name: RELEASE.machineBackups, namespace: SYSTEM_NAMESPACE, needs })];
}
