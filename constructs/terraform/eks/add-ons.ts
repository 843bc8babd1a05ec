import { EksAddon } from "@cdktf/provider-aws/lib/eks-addon";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type EksAddOn, eksAddOns, eksAddOnVersions } from "../../../platform/versions/eks-addons";
import type { KubernetesMinor } from "../../../platform/versions/kubernetes";
import { ServiceRole } from "../shared/service-role";

export interface AddOnsProps {
  readonly clusterName: string;
  /** Name of the environment. */
  readonly environment: string;
  readonly version: KubernetesMinor;
  /** Node groups: an add-on is done when its pods run. */
  readonly after: readonly ITerraformDependable[];
}

/** Settings that an add-on needs beyond its defaults. */
const SETTINGS: Readonly<Partial<Record<EksAddOn, object>>> = {
  // Without it network policies are accepted and have no effect.
  "vpc-cni": { enableNetworkPolicy: "true" },
};

/**
 * What EKS itself installs in the cluster. The first nodes start with the networking that every new cluster has; the add-ons
 * then take it over. So nodes need no add-on to be there, and nothing in the stack refers to one.
 */
export class AddOns extends Construct {
  constructor(scope: Construct, id: string, { clusterName, environment, version, after }: AddOnsProps) {
    super(scope, id);
    const volumes = this.addVolumesRole(environment);
    for (const addOn of eksAddOns) {
      const settings = SETTINGS[addOn];
      new EksAddon(this, addOn, {
        clusterName,
        addonName: addOn,
        addonVersion: eksAddOnVersions[version][addOn],
        configurationValues: settings && JSON.stringify(settings),
        podIdentityAssociation:
          addOn === "aws-ebs-csi-driver"
            ? [{ serviceAccount: "ebs-csi-controller-sa", roleArn: volumes.arn }]
            : undefined,
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
        dependsOn: [...after, ...(addOn === "aws-ebs-csi-driver" ? volumes.rights : [])],
      });
    }
  }

  /** The driver makes and attaches volumes with a role that its pods take by EKS Pod Identity. */
  private addVolumesRole(environment: string): ServiceRole {
    return new ServiceRole(this, "eks_volumes", {
      name: `${environment}-eks-volumes`,
      service: "pods.eks.amazonaws.com",
      actions: ["sts:AssumeRole", "sts:TagSession"],
      policies: ["service-role/AmazonEBSCSIDriverPolicy"],
    });
  }
}
