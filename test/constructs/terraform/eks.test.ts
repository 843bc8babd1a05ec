import { cloud } from "../../support/aws-stacks";
import { ref } from "../../support/terraform";

const CLUSTER = "aws_eks_cluster.main";

describe("the control plane", () => {
  test("runs the minor that the environment names", () => {
    expect(cloud((draft) => (draft.cluster.version = "1.34")).at(CLUSTER)).toMatchObject({
      name: "aws",
      version: "1.34",
    });
  });

  test("is reached from inside only, unless networks are named", () => {
    expect(cloud().at(CLUSTER).vpc_config).toMatchObject({
      endpoint_private_access: true,
      endpoint_public_access: false,
    });
    expect(cloud().at(CLUSTER).vpc_config).not.toHaveProperty("public_access_cidrs");
  });

  test("is open to the named networks and stays reachable from inside", () => {
    const stack = cloud((draft) => (draft.cluster.apiOpenTo = ["203.0.113.0/24"]));

    expect(stack.at(CLUSTER).vpc_config).toMatchObject({
      endpoint_private_access: true,
      endpoint_public_access: true,
      public_access_cidrs: ["203.0.113.0/24"],
    });
  });

  test("knows access entries only, and gives its creator nothing", () => {
    expect(cloud().at(CLUSTER).access_config).toEqual({
      authentication_mode: "API",
      bootstrap_cluster_creator_admin_permissions: false,
    });
  });

  test("encrypts secrets with a key that is rotated", () => {
    const stack = cloud();

    expect(stack.at(CLUSTER).encryption_config).toEqual({
      provider: { key_arn: ref("aws_kms_key.eks_secrets.arn") },
      resources: ["secrets"],
    });
    expect(stack.at("aws_kms_key.eks_secrets").enable_key_rotation).toBe(true);
  });

  test("may use its key, and nobody but the account may change the key", () => {
    const { Statement } = cloud().policyOf("aws_kms_key.eks_secrets", "policy");

    const allowed = Object.fromEntries(Statement.map(({ Sid, Principal, Action }) => [Sid, [Principal.AWS, Action]]));
    expect(allowed).toEqual({
      Account: ["arn:aws:iam::123456789012:root", "kms:*"],
      Cluster: [
        ref("aws_iam_role.eks_cluster.arn"),
        ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
      ],
    });
  });

  test("writes its logs to a group that ends, made before it", () => {
    const stack = cloud();

    expect(stack.at(CLUSTER).enabled_cluster_log_types).toContain("audit");
    expect(stack.at("aws_cloudwatch_log_group.eks")).toEqual({ name: "/aws/eks/aws/cluster", retention_in_days: 90 });
    expect(stack.at(CLUSTER).depends_on).toContain("aws_cloudwatch_log_group.eks");
  });

  test("takes no part in extended support", () => {
    expect(cloud().at(CLUSTER).upgrade_policy).toEqual({ support_type: "STANDARD" });
  });

  test("has the service addresses that the environment names", () => {
    const stack = cloud((draft) => (draft.cluster.serviceBlock = "172.20.0.0/16"));

    expect(stack.at(CLUSTER).kubernetes_network_config).toEqual({
      ip_family: "ipv4",
      service_ipv4_cidr: "172.20.0.0/16",
    });
  });

  test("lives in the private subnets", () => {
    expect(cloud().at(CLUSTER).vpc_config.subnet_ids).toEqual([
      ref("aws_subnet.private_a.id"),
      ref("aws_subnet.private_b.id"),
      ref("aws_subnet.private_c.id"),
    ]);
  });
});

describe("a node pool", () => {
  test("scales between its bounds, and whoever scales is not undone", () => {
    const group = cloud().at("aws_eks_node_group.general");

    expect(group.scaling_config).toEqual({ desired_size: 3, min_size: 3, max_size: 6 });
    expect(group.lifecycle.ignore_changes).toContain("scaling_config[0].desired_size");
  });

  test("carries the label that placements select by, beside its own", () => {
    const stack = cloud((draft) => (draft.cluster.pools.builds.labels = { "acme.example/disk": "fast" }));

    expect(stack.at("aws_eks_node_group.builds").labels).toEqual({
      "acme.example/disk": "fast",
      "bastide.dev/pool": "builds",
    });
  });

  test("is tainted in the words of EKS", () => {
    expect(cloud().at("aws_eks_node_group.builds").taint).toEqual([
      { key: "dedicated", value: "builds", effect: "NO_SCHEDULE" },
    ]);
    expect(cloud().at("aws_eks_node_group.general").taint).toEqual([]);
  });

  test("changes its instance type by a rolling update: the type stands in the template", () => {
    const stack = cloud();

    expect(stack.at("aws_launch_template.pool_general").instance_type).toBe("m6i.large");
    expect(stack.at("aws_eks_node_group.general")).not.toHaveProperty("instance_types");
    expect(stack.at("aws_eks_node_group.general").launch_template).toEqual({
      id: ref("aws_launch_template.pool_general.id"),
      version: ref("aws_launch_template.pool_general.latest_version"),
    });
  });

  test("loses one node at a time in an update, and keeps to the minor of its cluster", () => {
    expect(cloud().at("aws_eks_node_group.general")).toMatchObject({
      version: "1.35",
      ami_type: "AL2023_x86_64_STANDARD",
      update_config: { max_unavailable: 1 },
    });
  });

  test("has an encrypted disk of the size that the environment names", () => {
    const stack = cloud((draft) => (draft.cluster.pools.general.disk = "80Gi"));

    expect(stack.at("aws_launch_template.pool_general").block_device_mappings).toEqual([
      {
        device_name: "/dev/xvda",
        ebs: { volume_type: "gp3", volume_size: 80, encrypted: "true", delete_on_termination: "true" },
      },
    ]);
  });

  test("tags what the node group makes, which the provider cannot", () => {
    const specifications = cloud().at("aws_launch_template.pool_general").tag_specifications;

    expect(specifications.map(({ resource_type }: { resource_type: string }) => resource_type)).toEqual([
      "instance",
      "volume",
      "network-interface",
    ]);
    for (const { tags } of specifications) {
      expect(tags).toEqual({
        Name: "aws-general",
        "bastide.dev/environment": "aws",
        "bastide.dev/stack": "aws-cloud",
        "managed-by": "bastide",
      });
    }
  });

  test("starts when its role has all rights and its subnets a way out", () => {
    expect(cloud().at("aws_eks_node_group.general").depends_on.toSorted()).toEqual([
      "aws_iam_role_policy_attachment.eks_nodes_AmazonEC2ContainerRegistryPullOnly",
      "aws_iam_role_policy_attachment.eks_nodes_AmazonEKSWorkerNodePolicy",
      "aws_iam_role_policy_attachment.eks_nodes_AmazonEKS_CNI_Policy",
      "aws_iam_role_policy_attachment.eks_nodes_AmazonSSMManagedInstanceCore",
      "aws_route.private_a",
      "aws_route.private_b",
      "aws_route.private_c",
    ]);
  });
});

describe("add-ons", () => {
  test("are the seven that every cluster of ours has", () => {
    expect(Object.keys(cloud().all("aws_eks_addon")).sort()).toEqual([
      "aws-ebs-csi-driver",
      "coredns",
      "eks-pod-identity-agent",
      "kube-proxy",
      "metrics-server",
      "snapshot-controller",
      "vpc-cni",
    ]);
  });

  test("enforce network policies", () => {
    const { configuration_values } = cloud().at("aws_eks_addon.vpc-cni");

    expect(JSON.parse(configuration_values)).toEqual({ enableNetworkPolicy: "true" });
  });

  test("come when nodes run that can carry their pods", () => {
    for (const addOn of Object.values(cloud().all("aws_eks_addon"))) {
      expect(addOn.depends_on).toEqual(
        expect.arrayContaining(["aws_eks_node_group.general", "aws_eks_node_group.builds"]),
      );
    }
  });

  test("give the volume driver a role that only pods can take", () => {
    const stack = cloud();

    expect(stack.at("aws_eks_addon.aws-ebs-csi-driver").pod_identity_association).toEqual([
      { service_account: "ebs-csi-controller-sa", role_arn: ref("aws_iam_role.eks_volumes.arn") },
    ]);
    expect(stack.policyOf("aws_iam_role.eks_volumes", "assume_role_policy").Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ]);
    expect(stack.at("aws_iam_role_policy_attachment.eks_volumes_AmazonEBSCSIDriverPolicy").policy_arn).toBe(
      "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    );
  });
});

describe("administrators", () => {
  const entry = "admin_123456789012-role-platform-admin";

  test("may do everything, each by a named principal", () => {
    const stack = cloud();

    expect(Object.keys(stack.all("aws_eks_access_entry"))).toEqual([entry]);
    expect(stack.at(`aws_eks_access_entry.${entry}`).principal_arn).toBe(
      "arn:aws:iam::123456789012:role/platform-admin",
    );
    expect(stack.at(`aws_eks_access_policy_association.${entry}`)).toMatchObject({
      policy_arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      access_scope: { type: "cluster" },
    });
  });

  test("keep their addresses when another comes before them", () => {
    const before = cloud();
    const after = cloud((draft) => draft.cluster.admins.unshift("arn:aws:iam::123456789012:user/eve"));

    expect(after.at(`aws_eks_access_entry.${entry}`)).toEqual(before.at(`aws_eks_access_entry.${entry}`));
  });
});

test("who may be missing in a testbed, nobody refers to", () => {
  const { resource, ...rest } = cloud().json;
  const { aws_eks_addon: _addOns, aws_eks_access_entry: _entries, ...others } = resource;
  const { aws_eks_access_policy_association: _associations, ...kept } = others;

  expect(JSON.stringify([kept, rest])).not.toMatch(/aws_eks_(addon|access_\w+|pod_identity_\w+)\./);
});

test("External Secrets may read the secrets of this environment, and nothing else", () => {
  const policy = JSON.parse(cloud().at("aws_iam_role_policy.secret_store").policy);

  expect(policy.Statement).toEqual([
    {
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      Resource: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:aws/*",
    },
  ]);
  expect(cloud().at("aws_eks_pod_identity_association.secret_store")).toMatchObject({
    namespace: "external-secrets",
    service_account: "external-secrets",
  });
});

test("without External Secrets nobody may read secrets", () => {
  const stack = cloud((draft) => delete draft.secretStore);

  const policies = Object.values(stack.all("aws_iam_role_policy"));
  expect(policies.map(({ policy }) => policy).filter((policy) => policy.includes("secretsmanager"))).toEqual([]);
  expect(stack.has("aws_eks_pod_identity_association")).toBe(false);
});
