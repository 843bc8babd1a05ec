import { TerraformElement, TerraformResource } from "cdktf";

/** Kinds that are kept where `removal` says so; each is made with `lifecycleOf`. */
export const MAY_BE_KEPT: ReadonlySet<string> = new Set([
  "aws_db_instance",
  "aws_eks_cluster",
  "aws_instance",
  "aws_kms_key",
  "aws_lb",
  "aws_s3_bucket",
]);

interface Entry {
  readonly address: string;
  readonly kept: boolean;
  /** Its address before it was renamed. */
  readonly formerly?: string;
}

/**
 * Makes Terraform refuse a plan that takes something out which is kept. `prevent_destroy` is a line of the resource's own block, and so
 * leaves together with it; Terraform would then remove what describes the thing, and ask AWS for the thing itself. This block stays,
 * with one entry for each thing that is kept, and its own `prevent_destroy` counts for an entry that is missing.
 *
 * An entry whose `removal` becomes `destroy` moves to a block without guard, so that it may leave with what it stands for; and back, if it is
 * to be kept after all. A move of what is not there says nothing.
 */
export class Kept extends TerraformElement {
  override toTerraform(): object {
    const entries = this.entries();
    const kept = entries.filter((entry) => entry.kept);
    const disposable = entries.filter((entry) => !entry.kept);
    const moved = entries.flatMap(movesOf);
    return {
      resource: {
        terraform_data: {
          kept: { ...this.blockOf(kept), lifecycle: { prevent_destroy: true } },
          ...(disposable.length > 0 ? { disposable: this.blockOf(disposable) } : {}),
        },
      },
      ...(moved.length > 0 ? { moved } : {}),
    };
  }

  /** Read when the stack is written, after everything is in it that will be. */
  private entries(): Entry[] {
    return this.cdktfStack.node
      .findAll()
      .filter((construct) => TerraformResource.isTerraformResource(construct))
      .filter(({ terraformResourceType }) => MAY_BE_KEPT.has(terraformResourceType))
      .map((resource) => {
        const { moved = [] } = resource.toTerraform() as { moved?: readonly { from: string }[] };
        return {
          address: `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
          kept: resource.lifecycle?.preventDestroy === true,
          formerly: moved[0]?.from,
        };
      })
      .sort((one, other) => (one.address < other.address ? -1 : 1));
  }

  /** An entry is there only after what it stands for was made. */
  private blockOf(entries: readonly Entry[]): object {
    const addresses = entries.map(({ address }) => address);
    return {
      for_each: Object.fromEntries(addresses.map((address) => [address, ""])),
      depends_on: addresses,
      "//": this.constructNodeMetadata,
    };
  }
}

/** From wherever it may be to where it belongs: one after the other, because nothing may have two places that it comes from. */
function movesOf({ address, kept, formerly }: Entry): { from: string; to: string }[] {
  const places = [
    ...(formerly === undefined ? [] : [inBlock("disposable", formerly), inBlock("kept", formerly)]),
    inBlock(kept ? "disposable" : "kept", address),
    inBlock(kept ? "kept" : "disposable", address),
  ];
  return places.slice(1).map((to, place) => ({ from: places[place] as string, to }));
}

function inBlock(block: "kept" | "disposable", address: string): string {
  return `terraform_data.${block}["${address}"]`;
}
