import { App } from "cdktf";
import { Platform } from "../../platform/platform";
import { CloudStack } from "../../stacks/cloud-stack";
import { awsPlatform, cloud } from "../support/aws-stacks";
import { dropCluster, examples } from "../support/environments";
import { type Attributes, ref } from "../support/terraform";

const ANYWHERE = "0.0.0.0/0";

test("only an environment with a VPC wants a cloud stack", () => {
  expect(CloudStack.wants(awsPlatform())).toBe(true);
  expect(
    CloudStack.wants(
      Platform.of(examples.local, { ownImages: { "start-page": "0123456789ab", callhome: "ba9876543210" } }),
    ),
  ).toBe(false);
});

test("fails where it is made for an environment without a VPC", () => {
  const local = Platform.of(examples.local, { ownImages: { "start-page": "0123456789ab", callhome: "ba9876543210" } });
  const setting = { helmProvider: "3.1.1", kubeconfig: "kubeconfig", writesKubeconfig: true, chartFolder: "charts" };

  expect(() => new CloudStack(new App(), local, setting)).toThrow(
    "local has no VPC, so it has no cloud stack: ask CloudStack.wants first",
  );
});

test("nothing can be connected to from everywhere", () => {
  const stack = cloud((draft) => (draft.cluster.apiOpenTo = ["203.0.113.0/24"]));

  for (const rule of Object.values(stack.all("aws_vpc_security_group_ingress_rule"))) {
    expect(rule.cidr_ipv4).not.toBe(ANYWHERE);
    expect(rule).not.toHaveProperty("cidr_ipv6");
  }
  for (const group of Object.values(stack.all("aws_security_group"))) expect(group).not.toHaveProperty("ingress");
  expect(stack.has("aws_security_group_rule")).toBe(false);
  expect(stack.at("aws_eks_cluster.main").vpc_config.public_access_cidrs).not.toContain(ANYWHERE);
});

test("a cluster that is made again takes the place of the one before in the kubeconfig", () => {
  const { triggers_replace, provisioner } = cloud().at("terraform_data.kubeconfig");

  expect(triggers_replace).toBe(ref("aws_eks_cluster.main.endpoint"));
  expect(provisioner).toEqual([{ "local-exec": { command: "npm run --silent kubeconfig -- --env aws --force" } }]);
});

test("instance metadata asks for a token everywhere and goes one hop", () => {
  const stack = cloud();

  for (const holder of [
    ...Object.values(stack.all("aws_instance")),
    ...Object.values(stack.all("aws_launch_template")),
  ]) {
    expect(holder.metadata_options).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
    });
  }
});

test("what is kept cannot be destroyed by a plan", () => {
  const stack = cloud();

  for (const address of ["aws_eks_cluster.main", "aws_kms_key.eks_secrets", "aws_instance.bastion-1"]) {
    expect(stack.at(address).lifecycle.prevent_destroy).toBe(true);
  }
  expect(stack.at("aws_kms_key.eks_secrets").deletion_window_in_days).toBe(30);
});

test("in a disposable environment everything can be destroyed", () => {
  const stack = cloud((draft) => (draft.removal = "destroy"));

  const guarded = stack.addresses.filter((address) => stack.at(address).lifecycle?.prevent_destroy);
  expect(guarded).toEqual([]);
  expect(stack.at("terraform_data.kept").for_each).toEqual({});
  expect(stack.at("aws_kms_key.eks_secrets").deletion_window_in_days).toBe(7);
});

test("a zone more at the end changes nothing that exists", () => {
  const three = cloud();
  const four = cloud((draft) => draft.network.zones.push("d"));

  expect(four.addresses).toEqual(expect.arrayContaining(three.addresses));
  for (const address of three.addresses) expect(planned(four.at(address))).toEqual(planned(three.at(address)));
});

test("the order of machines and pools says nothing", () => {
  const reversed = (data: object) => Object.fromEntries(Object.entries(data).reverse());
  const two = (draft: { machines: Record<string, object> }) => {
    draft.machines["runner-1"] = { ...draft.machines["bastion-1"], role: "runner" };
  };
  const one = cloud(two);
  const other = cloud((draft) => {
    two(draft);
    draft.machines = reversed(draft.machines);
    draft.cluster.pools = reversed(draft.cluster.pools);
  });

  expect(other.addresses).toEqual(one.addresses);
  for (const address of one.addresses) expect(sorted(other.at(address))).toEqual(sorted(one.at(address)));
});

test("an environment without a cluster has its network and machines", () => {
  const stack = cloud(dropCluster);

  expect(stack.has("aws_eks_cluster")).toBe(false);
  expect(stack.has("aws_instance")).toBe(true);
});

/**
 * What a plan compares: a resource without what it waits for, and without the attributes whose changes its lifecycle ignores,
 * such as `scaling_config[0].desired_size`.
 */
function planned(attributes: Attributes): Attributes {
  const { depends_on: _, ...copy } = structuredClone(attributes);
  for (const path of copy.lifecycle?.ignore_changes ?? []) {
    const [holder, part] = path.split("[0].");
    if (part === undefined) delete copy[holder];
    else delete copy[holder][part];
  }
  return copy;
}

/** What a resource waits for is a set. */
function sorted(attributes: Attributes): Attributes {
  return { ...attributes, depends_on: attributes.depends_on?.toSorted() };
}
