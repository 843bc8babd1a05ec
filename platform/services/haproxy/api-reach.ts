import type { Report } from "../../shared/problems";
import { callersOf, checkReach, shutOut } from "../reach";
import type { Services } from "../resolve";
import type { ServiceNeeds } from "../shared";
import type { HaproxyService } from "./resolve";

/**
 * Refuses networks that shut nodes out of the API server of their own cluster, which they reach by its `endpoint`. Which load balancer that name
 * leads to nobody here knows: where one lets all nodes in, the others may be as narrow as they like.
 */
export function checkApiReach({ all }: Services, report: Report, { cluster: { cluster } }: ServiceNeeds): void {
  if (cluster?.distribution !== "rke2") return;
  const nodes = callersOf([...cluster.servers, ...cluster.agents]);
  const balancers = all.filter((one): one is HaproxyService => one.kind === "haproxy" && one.servers.length > 0);
  if (balancers.some(({ openTo, apiOpenTo = openTo }) => shutOut(apiOpenTo, nodes).length === 0)) return;
  const purpose = `reach the API server of their cluster by ${cluster.endpoint}`;
  for (const { name, openTo, apiOpenTo } of balancers) {
    const setting = apiOpenTo === undefined ? "openTo" : "apiOpenTo";
    checkReach(["services", name, setting], apiOpenTo ?? openTo, nodes, purpose, report);
  }
}
