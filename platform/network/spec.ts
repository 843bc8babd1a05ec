import { z } from "zod";
import { awsRegion, cidr, domainName, pattern } from "../shared/fields";

const common = {
  /** Every host name of the environment lies below it. */
  domain: domainName(),
  /** `internal`: resolved and reached only from inside; `public`: on the internet. */
  reach: z.enum(["internal", "public"]),
};

/** Networks that exist already, as on premises: nothing of them is created. */
const existingNetwork = z.strictObject({
  kind: z.literal("existing"),
  ...common,
  /** Blocks in which the machines' addresses lie. */
  blocks: z.array(cidr()).min(1),
});

/** A VPC of our own in AWS. */
const vpc = z.strictObject({
  kind: z.literal("vpc"),
  ...common,
  /** AWS account, 12 digits; the provider refuses any other. */
  account: pattern(/^\d{12}$/, "an AWS account id has 12 digits", "copy it from the AWS console, without dashes"),
  region: awsRegion(),
  block: cidr(),
  /** Letters of the availability zones, in order; append to it, never reorder: subnets are counted by place. */
  zones: z
    .array(pattern(/^[a-f]$/, "a zone is written as its letter alone", "write it like a"))
    .min(2)
    .max(4),
  /** Prefix of each private subnet, where nodes, pods and machines live. */
  privatePrefix: z.int().min(16).max(28).default(19),
  /** Prefix of each public subnet, where load balancers and NAT gateways live. */
  publicPrefix: z.int().min(16).max(28).default(24),
  /** One NAT gateway saves money; one per zone survives the loss of a zone. */
  nat: z.enum(["one", "one-per-zone"]).default("one"),
});

export const networkSpec = z.discriminatedUnion("kind", [existingNetwork, vpc]);
