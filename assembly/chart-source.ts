import type { UpstreamChart } from "../platform/shared/release";
import type { Target } from "./target";

/** Where Terraform finds an upstream chart. */
export interface LocatedChart {
  readonly chart: string;
  readonly repository?: string;
  readonly version: string;
}

/**
 * Decides where upstream charts come from. In production from their own repository; in a testbed, which reaches none, an empty
 * rehearsal chart stands in: it installs nothing, so that order, names and namespaces are rehearsed and the rest visibly is not.
 */
export function locate(
  { chart, repository, version }: UpstreamChart,
  source: Target["charts"],
): LocatedChart | "rehearsal" {
  if (source === "rehearsal") return "rehearsal";
  // An OCI registry takes the whole address as the chart's name.
  if (repository.startsWith("oci://")) return { chart: repository, version };
  return { chart, repository, version };
}
