import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { UpstreamChart } from "../platform/shared/release";
import { archiveName, type ChartLock, chartLock } from "../platform/versions/chart-lock";
import { sha256 } from "./digest";
import type { ChartSource } from "./target";

/** Where Terraform finds an upstream chart. */
export interface LocatedChart {
  readonly chart: string;
  readonly repository?: string;
  readonly version: string;
}

/** An archive that production would be installed from is not there, or is another than the one that was recorded. */
export class WrongArchive extends Error {
  override readonly name = "WrongArchive";
}

/**
 * Decides where upstream charts come from. In production from their own repository, from a mirror, or from a folder of archives, of
 * which each must be the one that the lock file knows; in a testbed, which reaches none, an empty rehearsal chart stands in: it
 * installs nothing, so that order, names and namespaces are rehearsed and the rest visibly is not.
 *
 * @param seen a path as whoever installs sees it
 * @throws WrongArchive
 */
export function locate(
  chart: Omit<UpstreamChart, "kind" | "values">,
  source: ChartSource,
  seen: (path: string) => string,
  lock: ChartLock = chartLock,
): LocatedChart | "rehearsal" {
  if (source === "rehearsal") return "rehearsal";
  const { chart: name, repository, version } = chart;
  if (source === "upstream") {
    // An OCI registry takes the whole address as the chart's name.
    return repository.startsWith("oci://") ? { chart: repository, version } : { chart: name, repository, version };
  }
  if ("mirror" in source) return { chart: `${source.mirror.replace(/\/$/, "")}/${name}`, version };
  const file = join(source.directory, archiveName(chart));
  proveArchive(file, name, version, lock);
  return { chart: seen(file), version };
}

function proveArchive(file: string, chart: string, version: string, lock: ChartLock): void {
  const locked = lock[chart];
  if (locked?.version !== version) {
    throw new WrongArchive(
      `chart ${chart} ${version} is not in platform/versions/charts.lock.json: npm run charts:pull -- --record ${chart}`,
    );
  }
  if (!existsSync(file)) {
    throw new WrongArchive(`${file} does not exist: npm run charts:pull -- --to ${join(file, "..")}`);
  }
  const digest = sha256(readFileSync(file));
  if (digest === locked.digest) return;
  throw new WrongArchive(
    `${file} is ${digest}, but platform/versions/charts.lock.json has ${locked.digest}: npm run charts:pull -- --to ${join(file, "..")}`,
  );
}
