import lock from "./charts.lock.json";

/** What the archive of a chart must be. */
export interface LockedChart {
  readonly version: string;
  /** Of the archive: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/** Archives by the names of their charts. A chart that nobody has recorded yet is not in it. */
export type ChartLock = Readonly<Record<string, LockedChart>>;

/**
 * The archives of the charts in use, as they were recorded; `npm run charts:pull` holds what it fetches to it.
 *
 * Source of the digests: the index of each chart's own repository, as it stands in the project's public repository of pages.
 * Rook's index stands nowhere but on its server, so the first who pulls it records it.
 */
export const chartLock: ChartLock = lock;

/** The file of a chart's archive, in whichever folder archives are kept. */
export function archiveName({ chart, version }: { readonly chart: string; readonly version: string }): string {
  return `${chart}-${version}.tgz`;
}
