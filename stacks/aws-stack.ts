import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, TerraformElement, TerraformResource } from "cdktf";
import type { Node } from "constructs";
import { addressName } from "../constructs/terraform/shared/address-name";
import { Kept } from "../constructs/terraform/shared/kept";
import { ownershipTags } from "../constructs/terraform/shared/ownership-tags";
import type { Vpc } from "../platform/network";
import type { Platform } from "../platform/platform";
import { EnvironmentStack, type StackSetting } from "./environment-stack";

/** A stack of one AWS account and region. Everything in it is tagged as the environment's own. */
export abstract class AwsStack extends EnvironmentStack {
  constructor(scope: App, id: string, platform: Platform, setting: StackSetting, { region, account }: Vpc) {
    super(scope, id, platform, setting);
    new AwsProvider(this, "aws", {
      region,
      // With the credentials of another account nothing happens at all.
      allowedAccountIds: [account],
      defaultTags: [{ tags: ownershipTags(platform.name, id) }],
    });
    new Kept(this, "kept");
    this.node.addValidation({ validate: () => this.repeatedAddresses() });
  }

  /**
   * The Terraform address of a resource is its type and its construct's own id, wherever in the tree that stands:
   * `aws_subnet.private_a`. So addresses can be read and typed, and moving code moves no resource. A colon and what follows
   * tells siblings apart and is left out: `private_a:nat` is `aws_route.private_a`.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { id } = TerraformElement.isTerraformElement(element) ? element.node : element;
    return addressName(id.replace(/:.*$/, ""));
  }

  /** Two resources with one address would silently become one. */
  private repeatedAddresses(): string[] {
    const addresses = this.node
      .findAll()
      .filter((construct) => TerraformResource.isTerraformResource(construct))
      .map(({ terraformResourceType, friendlyUniqueId }) => `${terraformResourceType}.${friendlyUniqueId}`);
    const repeated = addresses.filter((address, index) => addresses.indexOf(address) < index);
    return [...new Set(repeated)].map((address) => `two resources have the address ${address}; give one another id`);
  }
}
