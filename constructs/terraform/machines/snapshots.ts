import { DlmLifecyclePolicy } from "@cdktf/provider-aws/lib/dlm-lifecycle-policy";
import { Construct } from "constructs";
import { ServiceRole } from "../shared/service-role";

/** What a machine is marked with whose disks are to be kept as they were. */
export function snapshotTags(environment: string): Record<string, string> {
  return { "bastide-snapshots": environment };
}

/** How many nights can be gone back. */
const NIGHTS = 14;

/** A snapshot of every disk of each machine that keeps data, every night; snapshots outlive their machine. */
export class Snapshots extends Construct {
  constructor(scope: Construct, id: string, environment: string) {
    super(scope, id);
    const role = new ServiceRole(this, "snapshots", {
      name: `${environment}-machine-snapshots`,
      service: "dlm.amazonaws.com",
      policies: ["service-role/AWSDataLifecycleManagerServiceRole"],
    });
    new DlmLifecyclePolicy(this, "machine_snapshots", {
      // Letters, digits, spaces, - and _ alone. Source: DLM, CreateLifecyclePolicy.
      description: `Machines of ${environment} that keep data - every night`,
      executionRoleArn: role.arn,
      state: "ENABLED",
      policyDetails: {
        resourceTypes: ["INSTANCE"],
        targetTags: snapshotTags(environment),
        schedule: [
          {
            name: "nightly",
            copyTags: true,
            createRule: { interval: 24, intervalUnit: "HOURS", times: ["02:00"] },
            retainRule: { count: NIGHTS },
          },
        ],
      },
      dependsOn: [...role.rights],
    });
  }
}
