import type { Testbed } from "../../testbed";

/** Helm's status of the newest revision of a release, e.g. `pending-install`; empty if there is none. */
export function releaseStatus(testbed: Testbed, name: string): Promise<string> {
  const newest = ["-l", `owner=helm,name=${name}`, "--sort-by=.metadata.creationTimestamp"];
  const status = "jsonpath={.items[-1:].metadata.labels.status}";
  // kubectl refuses to look for the last of none.
  return testbed.kubectl("get", "secrets", "--all-namespaces", ...newest, "-o", status).catch(() => "");
}
