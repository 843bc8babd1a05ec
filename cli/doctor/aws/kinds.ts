import { commandLine } from "../shell";
import type { AwsResource } from "./resource-id";

/** What the doctor knows of a kind of resource that carries our tags. */
export interface Kind {
  /** Terraform types that it may be in a stack. */
  readonly terraform: readonly string[];
  /** What `terraform import` calls it. @default its id */
  readonly importId?: (id: string) => string;
  /** Whether AWS gives it an id of its own, so that its id is not its name. @default false */
  readonly hasOwnId?: boolean;
  /** Whether it is found by what it allows, see `claimRules`. @default false */
  readonly isRule?: boolean;
  /** Whether its removal may lose what nobody can bring back. @default false */
  readonly holdsData?: boolean;
  /** Words of the AWS CLI command that removes it; without them a person must look at it. */
  readonly remove?: (id: string) => readonly string[];
  /** Words of the AWS CLI command that tells its state as text, and the states of something that is gone or going. */
  readonly state?: { readonly ask: (id: string) => readonly string[]; readonly gone: readonly string[] };
}

const ec2 = (verb: string, flag: string) => (id: string) => ["ec2", verb, flag, id];

/** An EKS node group's ARN ends with `cluster/group/uuid`, an add-on's likewise. */
const clusterAnd = (id: string) => id.split("/").slice(0, 2);

/** By `service:type` of the ARN; what uses others stands before them. */
export const kinds: Readonly<Record<string, Kind>> = {
  "ec2:instance": {
    terraform: ["aws_instance"],
    holdsData: true,
    remove: ec2("terminate-instances", "--instance-ids"),
    state: {
      ask: (id) => [
        ...ec2("describe-instances", "--instance-ids")(id),
        "--query",
        "Reservations[].Instances[].State.Name",
      ],
      gone: ["terminated", "shutting-down"],
    },
  },
  "ec2:natgateway": {
    terraform: ["aws_nat_gateway"],
    remove: ec2("delete-nat-gateway", "--nat-gateway-id"),
    state: {
      ask: (id) => [...ec2("describe-nat-gateways", "--nat-gateway-ids")(id), "--query", "NatGateways[].State"],
      gone: ["deleted", "deleting"],
    },
  },
  "ec2:vpc-endpoint": {
    terraform: ["aws_vpc_endpoint"],
    remove: ec2("delete-vpc-endpoints", "--vpc-endpoint-ids"),
    state: {
      ask: (id) => [...ec2("describe-vpc-endpoints", "--vpc-endpoint-ids")(id), "--query", "VpcEndpoints[].State"],
      gone: ["deleted", "deleting"],
    },
  },
  "ec2:elastic-ip": { terraform: ["aws_eip"], remove: ec2("release-address", "--allocation-id") },
  "ec2:launch-template": {
    terraform: ["aws_launch_template"],
    hasOwnId: true,
    remove: ec2("delete-launch-template", "--launch-template-id"),
  },
  "ec2:subnet": { terraform: ["aws_subnet"], remove: ec2("delete-subnet", "--subnet-id") },
  "ec2:route-table": { terraform: ["aws_route_table"], remove: ec2("delete-route-table", "--route-table-id") },
  "ec2:security-group": {
    terraform: ["aws_security_group", "aws_default_security_group"],
    remove: ec2("delete-security-group", "--group-id"),
  },
  "ec2:internet-gateway": {
    terraform: ["aws_internet_gateway"],
    remove: ec2("delete-internet-gateway", "--internet-gateway-id"),
  },
  "ec2:vpc": { terraform: ["aws_vpc"], remove: ec2("delete-vpc", "--vpc-id") },
  "eks:cluster": {
    terraform: ["aws_eks_cluster"],
    holdsData: true,
    remove: (id) => ["eks", "delete-cluster", "--name", id],
  },
  "eks:nodegroup": {
    terraform: ["aws_eks_node_group"],
    importId: (id) => clusterAnd(id).join(":"),
    remove: (id) => {
      const [cluster = "", group = ""] = clusterAnd(id);
      return ["eks", "delete-nodegroup", "--cluster-name", cluster, "--nodegroup-name", group];
    },
  },
  "eks:addon": {
    terraform: ["aws_eks_addon"],
    importId: (id) => clusterAnd(id).join(":"),
    remove: (id) => {
      const [cluster = "", addon = ""] = clusterAnd(id);
      return ["eks", "delete-addon", "--cluster-name", cluster, "--addon-name", addon];
    },
  },
  "iam:instance-profile": {
    terraform: ["aws_iam_instance_profile"],
    remove: (id) => ["iam", "delete-instance-profile", "--instance-profile-name", id],
  },
  "iam:role": { terraform: ["aws_iam_role"], remove: (id) => ["iam", "delete-role", "--role-name", id] },
  "kms:key": {
    terraform: ["aws_kms_key"],
    holdsData: true,
    remove: (id) => ["kms", "schedule-key-deletion", "--key-id", id],
    state: {
      ask: (id) => ["kms", "describe-key", "--key-id", id, "--query", "KeyMetadata.KeyState"],
      gone: ["PendingDeletion", "PendingReplicaDeletion"],
    },
  },
  "logs:log-group": {
    terraform: ["aws_cloudwatch_log_group"],
    holdsData: true,
    remove: (id) => ["logs", "delete-log-group", "--log-group-name", id],
  },
  "s3:bucket": {
    terraform: ["aws_s3_bucket"],
    holdsData: true,
    remove: (id) => ["s3api", "delete-bucket", "--bucket", id],
  },
  "ec2:security-group-rule": {
    terraform: ["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"],
    isRule: true,
  },
};

/** What uses others is removed before them: the order of the table. */
export function placingOrder({ service, type }: Pick<AwsResource, "service" | "type">): number {
  return Object.keys(kinds).indexOf(`${service}:${type}`);
}

/**
 * Whether AWS itself made it on behalf of something of ours, and removes it with that: nodes of a node group, and the disks and
 * network interfaces of machines, pods and nodes.
 */
export function isByProduct({ service, type, tags }: AwsResource): boolean {
  if (service === "ec2" && (type === "volume" || type === "network-interface")) return true;
  return "eks:nodegroup-name" in tags || "aws:autoscaling:groupName" in tags;
}

export function kindOfType({ service, type }: Pick<AwsResource, "service" | "type">): Kind | undefined {
  return kinds[`${service}:${type}`];
}

/** An AWS CLI command as the user types it. */
export function awsCommand(words: readonly string[], region: string): string {
  return commandLine("aws", ...words, "--region", region);
}
