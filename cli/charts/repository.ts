import { FAILSAFE_SCHEMA, load } from "js-yaml";
import { sha256 } from "../../assembly/digest";
import type { ChartVersion } from "../../platform/versions/charts";
import { bytesOf, PullProblem } from "./download";
import { pullFromRegistry } from "./registry";

/**
 * The archive of a chart from where its publisher has it: a repository with an `index.yaml`, or a registry (`oci://`). An archive
 * that is not what the repository itself says of it is refused.
 *
 * @throws PullProblem
 */
export async function pullArchive(chart: ChartVersion): Promise<Buffer> {
  const archive = chart.repository.startsWith("oci://") ? await pullFromRegistry(chart) : await fromIndex(chart);
  // An error page that says 200, of a proxy for instance, is no archive.
  if (archive[0] === 0x1f && archive[1] === 0x8b) return archive;
  throw new PullProblem(
    `${chart.repository} answered with something that is no archive: look what stands between, a proxy or a login page`,
    "refused",
  );
}

interface IndexEntry {
  readonly version?: string;
  readonly urls?: readonly string[];
  /** Hexadecimal digits alone. */
  readonly digest?: string;
}

async function fromIndex({ chart, repository, version }: ChartVersion): Promise<Buffer> {
  const address = `${repository.replace(/\/$/, "")}/index.yaml`;
  const entries = entriesOf((await bytesOf(address)).toString("utf8"), address)[chart];
  if (entries === undefined) {
    throw new PullProblem(`${address} has no chart ${chart}: correct its name or repository`, "refused");
  }
  const entry = entries.find((each) => sameVersion(each.version, version));
  const [place] = entry?.urls ?? [];
  if (entry === undefined || place === undefined) {
    const newest = entries.slice(0, 3).map((each) => each.version);
    throw new PullProblem(
      `${address} has no version ${version} of it: choose one that is there (${newest.join(", ")} ...)`,
      "refused",
    );
  }
  const archive = await bytesOf(new URL(place, `${repository.replace(/\/$/, "")}/`).href);
  if (entry.digest !== undefined && sha256(archive) !== `sha256:${entry.digest}`) {
    throw new PullProblem(
      `the archive is ${sha256(archive)}, and ${address} itself says sha256:${entry.digest}: it was damaged or exchanged on the way; try again, and tell the publisher if it stays so`,
      "refused",
    );
  }
  return archive;
}

function entriesOf(text: string, address: string): Readonly<Record<string, readonly IndexEntry[]>> {
  // Everything as text: a version 1.10 and a digest with one e among its digits are no numbers.
  const index = attempt(() => load(text, { schema: FAILSAFE_SCHEMA })) as
    | { entries?: Record<string, IndexEntry[]> }
    | undefined
    | null;
  if (index?.entries) return index.entries;
  throw new PullProblem(`${address} is no index of charts: correct the repository`, "refused");
}

/** A publisher may write `v1.2.3` in one place and `1.2.3` in the other; Helm takes both for the same. */
function sameVersion(one: string | undefined, other: string): boolean {
  return one?.replace(/^v/, "") === other.replace(/^v/, "");
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
