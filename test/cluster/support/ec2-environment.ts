import type { EnvironmentSpec } from "../../../platform/environment-spec";
import { withBalancers, withStores } from "../../support/aws-stacks";
import { changed, dropCluster } from "../../support/environments";

/** The example `aws` as machines alone: two stores, two load balancers that everybody may reach, and the bastion behind them. */
export function ec2Environment(): EnvironmentSpec {
  return changed("aws", (draft) => {
    dropCluster(draft);
    delete draft.databases;
    delete draft.storage;
    withStores(draft);
    withBalancers(draft, { openTo: ["0.0.0.0/0"] });
  });
}
