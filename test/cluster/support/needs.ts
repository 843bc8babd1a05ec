import { missing } from "../../testbed";
import type { Prerequisite } from "../../testbed/missing";

/** What deployments to a testbed of level 1 need. */
export function deploymentNeeds(): Prerequisite[] {
  return missing(1);
}

/** Likewise, on nodes that the test makes. */
export function fakeNodeNeeds(): Prerequisite[] {
  const external = process.env.KUBECONFIG_TESTBED;
  if (!external) return missing(1);
  const cure = "unset KUBECONFIG_TESTBED: the nodes of a cluster that exists are its own";
  return [...missing(1), { name: "nodes of its own", cure, neededBy: "testbed" }];
}
