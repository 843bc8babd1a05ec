import { domain } from "../shared/domain";
import { type AppsCheckNeeds, checkApps } from "./checks";
import { type Apps, type AppsNeeds, resolveApps } from "./resolve";
import { appsSpec } from "./spec";

export type { App, Apps } from "./resolve";

/** The developers' own containers: one entry each becomes a complete workload. */
export const apps = domain<typeof appsSpec, AppsNeeds & AppsCheckNeeds, Apps>({
  schema: appsSpec,
  needs: ["network", "registry", "access", "machines", "cluster", "services", "databases"],
  resolve: resolveApps,
  check: checkApps,
});
