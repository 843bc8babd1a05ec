/** A kind of resource whose name we decide, so that a second one of that name is refused. */
export interface NamedKind {
  /** Attributes that its name consists of. */
  readonly name: readonly string[];
  /** Words of the AWS CLI command that tells whether it is there. */
  readonly ask: (...name: readonly string[]) => readonly string[];
  /** What `terraform import` calls it, from what AWS answered; undefined if the answer says that there is none. @default its name */
  readonly importId?: (answer: string, ...name: readonly string[]) => string | undefined;
}

const none = (text: string | undefined) => (text === undefined || text === "" || text === "None" ? undefined : text);

/**
 * By Terraform type. Their names tell what the tags cannot: AWS does not list roles by tag, and a bucket gets its tags a moment
 * after it was made.
 */
export const namedKinds: Readonly<Record<string, NamedKind>> = {
  aws_s3_bucket: { name: ["bucket"], ask: (bucket) => ["s3api", "head-bucket", "--bucket", `${bucket}`] },
  aws_iam_role: {
    name: ["name"],
    ask: (name) => ["iam", "get-role", "--role-name", `${name}`, "--query", "Role.RoleName"],
  },
  aws_iam_instance_profile: {
    name: ["name"],
    ask: (name) => [
      "iam",
      "get-instance-profile",
      "--instance-profile-name",
      `${name}`,
      "--query",
      "InstanceProfile.Path",
    ],
  },
  aws_eks_cluster: {
    name: ["name"],
    ask: (name) => ["eks", "describe-cluster", "--name", `${name}`, "--query", "cluster.status"],
  },
  aws_eks_node_group: {
    name: ["cluster_name", "node_group_name"],
    ask: (cluster, group) => [
      ...["eks", "describe-nodegroup", "--cluster-name", `${cluster}`, "--nodegroup-name", `${group}`],
      ...["--query", "nodegroup.status"],
    ],
  },
  aws_eks_addon: {
    name: ["cluster_name", "addon_name"],
    ask: (cluster, addon) => [
      ...["eks", "describe-addon", "--cluster-name", `${cluster}`, "--addon-name", `${addon}`],
      ...["--query", "addon.status"],
    ],
  },
  aws_eks_access_entry: {
    name: ["cluster_name", "principal_arn"],
    ask: (cluster, principal) => [
      ...["eks", "describe-access-entry", "--cluster-name", `${cluster}`, "--principal-arn", `${principal}`],
      ...["--query", "accessEntry.type"],
    ],
  },
  aws_launch_template: {
    name: ["name"],
    ask: (name) => [
      ...["ec2", "describe-launch-templates", "--launch-template-names", `${name}`],
      ...["--query", "LaunchTemplates[0].LaunchTemplateId"],
    ],
    importId: none,
  },
  aws_kms_alias: {
    name: ["name"],
    ask: (alias) => ["kms", "describe-key", "--key-id", `${alias}`, "--query", "KeyMetadata.KeyId"],
  },
  aws_cloudwatch_log_group: {
    name: ["name"],
    ask: (name) => [
      ...["logs", "describe-log-groups", "--log-group-name-prefix", `${name}`],
      ...["--query", `logGroups[?logGroupName=='${name}'].logGroupName | [0]`],
    ],
    importId: none,
  },
};

/** What AWS says where there is no such thing, in the words of its services. */
export const ABSENT = /NoSuchEntity|NotFound|Not Found|does not exist/i;
