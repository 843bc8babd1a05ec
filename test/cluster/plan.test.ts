import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tier } from "../support/require";
import type { Testbed } from "../testbed";
import { deploymentNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { Workplace } from "./support/workplace";

const stacks = ["aws-cloud", "aws-data", "aws-releases", "local-releases", "onprem-releases"];

/** Addresses of all resources in the Terraform JSON of a stack, each entry of one that has several. */
function addressesIn(work: Workplace, stack: string): string[] {
  const { resource } = JSON.parse(work.read(stack));
  return Object.entries(resource as Record<string, Record<string, { for_each?: object }>>)
    .flatMap(([type, named]) =>
      Object.entries(named).map(([name, { for_each }]) => ({ for_each, address: `${type}.${name}` })),
    )
    .flatMap(({ address, for_each }) =>
      for_each === undefined ? [address] : Object.keys(for_each).map((key) => `${address}[${JSON.stringify(key)}]`),
    )
    .sort();
}

tier("cluster", deploymentNeeds())("before anything is deployed", () => {
  let testbed: Testbed;

  beforeAll(async () => {
    testbed = await startOwnTestbed();
  });
  afterAll(() => testbed?.stop());

  /** The target with something changed, and outputs of its own. */
  const aimedAt = (name: string, change: Readonly<Record<string, unknown>>): Workplace => {
    const folder = mkdtempSync(join(testbed.folder, `${name}-`));
    const output = { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") };
    const target = { ...testbed.target, output, stateFolder: join(folder, "state"), ...change };
    const targetFile = join(folder, "target.json");
    writeFileSync(targetFile, JSON.stringify(target));
    return new Workplace({ ...testbed, target }, { HOME: folder, BASTIDE_TARGET: targetFile });
  };

  describe("with the testbed as target", () => {
    let work: Workplace;
    beforeAll(async () => {
      work = new Workplace(testbed);
      await work.synth();
    });

    it("every stack is known to these tests", () => {
      expect(work.stacks().sort()).toEqual(stacks);
    });

    it.each(stacks)("%s is valid, and every resource of it is to be added", async (stack) => {
      await work.init(stack);
      await work.terraform(stack, ["validate", "-no-color"]);
      const addresses = addressesIn(work, stack);
      expect(await work.plan(stack)).toEqual({
        changes: { create: addresses },
        summary: `Plan: ${addresses.length} to add, 0 to change, 0 to destroy.`,
      });
    });
  });

  describe("with production's shape, as far as no other provider is needed", () => {
    let work: Workplace;
    beforeAll(async () => {
      work = aimedAt("production", { leftOut: {}, removal: "stated", kubeconfig: undefined });
      await work.synth();
    });

    it("aws-cloud is planned with what the simulated AWS cannot do", async () => {
      await work.init("aws-cloud");
      expect((await work.plan("aws-cloud")).changes).toEqual({ create: addressesIn(work, "aws-cloud") });
    });

    it("what the testbed leaves out is really among it", () => {
      const types = new Set(addressesIn(work, "aws-cloud").map((address) => address.split(".")[0] ?? ""));
      const leftOut = Object.keys(testbed.target.leftOut).filter((type) => types.has(type));
      expect(leftOut).toEqual([
        "aws_eks_addon",
        "aws_eks_access_entry",
        "aws_eks_access_policy_association",
        "aws_eks_pod_identity_association",
        "aws_db_instance",
        "aws_route53_record",
        "aws_ssm_association",
      ]);
    });

    it("releases are planned while no kubeconfig exists yet", async () => {
      await work.init("onprem-releases");
      expect((await work.plan("onprem-releases")).changes).toEqual({ create: addressesIn(work, "onprem-releases") });
    });
  });
});
