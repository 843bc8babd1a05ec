import type { Release } from "../../platform/shared/release";
import type { Finding } from "./finding";

/**
 * Every object has one owner: Helm refuses to install what another release has made, and of two in one release the last would win. Names that
 * the data can bring together are refused there; this holds for all others.
 */
export function checkOwners(releases: readonly Release[]): Finding[] {
  const owners = new Map<string, string>();
  return releases.flatMap(({ chart }) => {
    if (chart.kind === "upstream") return [];
    return chart.objects.flatMap(({ path, object: { apiVersion, kind, metadata } }): Finding[] => {
      const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
      const key = `${group}/${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
      const owner = owners.get(key);
      if (owner !== undefined) return [{ path, rule: `${owner} is the same object, ${kind} ${metadata.name}` }];
      owners.set(key, path);
      return [];
    });
  });
}
