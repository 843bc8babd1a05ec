import type { App } from "cdk8s";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { appReleases } from "./apps";
import { callhomeRelease } from "./callhome";
import { crdReleaseName, crdReleases } from "./crds";
import { foundation } from "./foundation";
import { gateway } from "./gateway";
import { machineBackups } from "./machine-backups";
import { secretReleases } from "./secrets";
import { storageReleases } from "./storage";

/** What is installed in the environment's cluster; nothing where it has none. Order is in each release's `needs`. */
export function releasesOf(app: App, platform: Platform): Release[] {
  if (platform.cluster === undefined) return [];
  const brought = platform.cluster.brings.map(crdReleaseName);
  const charts = [
    foundation,
    crdReleases,
    secretReleases,
    gateway,
    storageReleases,
    machineBackups,
    appReleases,
    callhomeRelease,
  ];
  return charts.flatMap((chart) => chart(app, platform)).map(withoutBrought);

  /** What the cluster brings is there before every release. */
  function withoutBrought(release: Release): Release {
    return { ...release, needs: release.needs.filter((need) => !brought.includes(need)) };
  }
}
