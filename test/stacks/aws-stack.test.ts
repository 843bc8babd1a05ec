import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { App } from "cdktf";
import { Construct } from "constructs";
import type { Vpc } from "../../platform/network";
import { AwsStack } from "../../stacks/aws-stack";
import { awsPlatform, cloud, data } from "../support/aws-stacks";
import { Synthesized } from "../support/terraform";

class Small extends AwsStack {
  constructor() {
    const platform = awsPlatform();
    const setting = { helmProvider: "3.1.1", kubeconfig: "kubeconfig", writesKubeconfig: true, chartFolder: "charts" };
    super(new App(), "aws-small", platform, setting, platform.network as Vpc);
  }
}

test.each([
  ["aws-cloud", cloud],
  ["aws-data", data],
])("%s works in one account and region, and tags what it makes as its own", (stack, made) => {
  expect(made().providers.aws).toEqual([
    {
      region: "eu-central-1",
      allowed_account_ids: ["123456789012"],
      default_tags: [
        {
          tags: { "bastide.dev/environment": "aws", "bastide.dev/stack": stack, "managed-by": "bastide" },
        },
      ],
    },
  ]);
});

test.each([
  ["cloud", cloud],
  ["data", data],
])("the %s stack can be planned before any other exists", (_, made) => {
  const { json } = made();

  expect(json).not.toHaveProperty("data");
  expect(json).not.toHaveProperty("output");
});

test.each([
  ["cloud", cloud],
  ["data", data],
])("no placeholder is left in the %s stack", (_, made) => {
  expect(JSON.stringify(made().json)).not.toMatch(/TfToken|undefined|\[object /);
});

test("asks for the provider that the bindings were made from", () => {
  expect(cloud().terraform.required_providers).toEqual({ aws: { source: "aws", version: "5.100.0" } });
});

test("an address is the type and the construct's own id, wherever that stands", () => {
  const stack = new Small();
  new SecurityGroup(new Construct(stack, "deep"), "web:group", {});

  expect(Synthesized.of(() => stack).addresses).toEqual(["aws_security_group.web"]);
});

test("fails where two resources would become one", () => {
  const stack = new Small();
  new SecurityGroup(new Construct(stack, "one"), "web", {});
  new SecurityGroup(new Construct(stack, "other"), "web", {});

  expect(() => Synthesized.of(() => stack)).toThrow(
    "two resources have the address aws_security_group.web; give one another id",
  );
});

test("names that must be unique in an account carry the environment's name", () => {
  const stack = cloud((draft) => (draft.name = "shop"));

  for (const [type, attribute] of NAMED) {
    for (const resource of Object.values(stack.all(type))) expect(resource[attribute]).toMatch(/\bshop\b/);
  }
});

test("names stay within what AWS takes, with the longest name that an environment may have", () => {
  const stack = cloud((draft) => (draft.name = "e".repeat(20)));

  for (const [type, attribute, most] of NAMED) {
    for (const resource of Object.values(stack.all(type))) expect(resource[attribute].length).toBeLessThanOrEqual(most);
  }
});

/** Type, attribute and longest name. Sources: API references of IAM, EKS, EC2, KMS and CloudWatch Logs. */
const NAMED: [type: string, attribute: string, most: number][] = [
  ["aws_iam_role", "name", 64],
  ["aws_iam_instance_profile", "name", 128],
  ["aws_eks_cluster", "name", 100],
  ["aws_launch_template", "name", 128],
  ["aws_security_group", "name", 255],
  ["aws_kms_alias", "name", 256],
  ["aws_cloudwatch_log_group", "name", 512],
];
