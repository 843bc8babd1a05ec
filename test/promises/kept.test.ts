import { MAY_BE_KEPT } from "../../constructs/terraform/shared/kept";
import { cloud, withBalancers } from "../support/aws-stacks";
import { output } from "../support/output";
import type { Attributes } from "../support/terraform";

const { stacks, objects, made } = output();

/**
 * What AWS itself refuses, or leaves behind, when something that is kept is removed past Terraform's guards: by hand, or by a Terraform
 * that was told to. Nothing of it is a line of Terraform's alone.
 */
const AWS_GUARDS: Readonly<Record<string, Attributes>> = {
  aws_db_instance: { deletion_protection: true, skip_final_snapshot: false, delete_automated_backups: false },
  // The provider takes termination protection off by itself; the disk stays.
  aws_instance: { disable_api_termination: true, root_block_device: { delete_on_termination: false } },
  aws_kms_key: { deletion_window_in_days: 30 },
  aws_lb: { enable_deletion_protection: true },
  aws_s3_bucket: { force_destroy: false },
};

/** hashicorp/aws 5.100 does not know EKS's own protection; what a cluster holds is deployed anew, and its volumes stay in AWS. */
const WITHOUT = ["aws_eks_cluster"];

/** Made anew, these are what they were: they hold nothing that the environment does not say. */
const HOLD_NOTHING = `
  aws_cloudwatch_log_group aws_db_parameter_group aws_db_subnet_group aws_default_security_group aws_eip aws_eks_access_entry
  aws_eks_access_policy_association aws_eks_addon aws_eks_node_group aws_eks_pod_identity_association aws_iam_instance_profile
  aws_iam_role aws_iam_role_policy aws_iam_role_policy_attachment aws_internet_gateway aws_kms_alias aws_launch_template
  aws_nat_gateway aws_route aws_route53_record aws_route53_zone aws_route_table aws_route_table_association
  aws_s3_bucket_lifecycle_configuration aws_s3_bucket_ownership_controls aws_s3_bucket_policy aws_s3_bucket_public_access_block
  aws_s3_bucket_server_side_encryption_configuration aws_s3_bucket_versioning aws_s3_object aws_security_group aws_ssm_association
  aws_subnet aws_vpc aws_vpc_endpoint aws_vpc_endpoint_route_table_association aws_vpc_security_group_egress_rule
  aws_vpc_security_group_ingress_rule helm_release terraform_data
`
  .trim()
  .split(/\s+/);

const resources = [...stacks].flatMap(([stack, { resource = {} }]) =>
  Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, attributes]) => ({ stack, type, address: `${type}.${name}`, attributes })),
  ),
);
const keptIn = (stack: string) =>
  Object.keys((stacks.get(stack)?.resource?.terraform_data?.kept?.for_each as object) ?? {});

describe("in AWS", () => {
  test("it is known of every kind whether it holds data", () => {
    const types = [...new Set(resources.map(({ type }) => type))];
    expect(types.filter((type) => !MAY_BE_KEPT.has(type) && !HOLD_NOTHING.includes(type))).toEqual([]);
  });

  test("each kind that may be kept has a guard of AWS's own, but for one", () => {
    expect([...Object.keys(AWS_GUARDS), ...WITHOUT].sort()).toEqual([...MAY_BE_KEPT].sort());
  });

  test("whatever holds data is kept, in all environments that keep: what machines are brought is no data", () => {
    const holding = resources.filter(({ type }) => MAY_BE_KEPT.has(type));
    const loose = holding.filter(({ stack, address }) => !keptIn(stack).includes(address));
    expect(loose.map(({ stack, address }) => `${stack} ${address}`)).toEqual([
      "aws-cloud aws_s3_bucket.machine_programs",
    ]);
  });

  test("whatever is kept is guarded by Terraform and by AWS", () => {
    const kept = resources.filter(({ stack, address }) => keptIn(stack).includes(address));
    expect(kept.map(({ type }) => type).sort()).toEqual([
      "aws_db_instance",
      "aws_eks_cluster",
      "aws_instance",
      "aws_kms_key",
      "aws_s3_bucket",
    ]);
    for (const { type, attributes } of kept)
      expect(attributes).toMatchObject({ lifecycle: { prevent_destroy: true }, ...AWS_GUARDS[type] });
  });

  test("so is a load balancer, which no example has", () => {
    expect(cloud(withBalancers).at("aws_lb.front")).toMatchObject(AWS_GUARDS.aws_lb ?? {});
  });
});

/** Kinds whose objects hold data, or with which the objects go that do. */
const HOLDING =
  /^(Namespace|PersistentVolumeClaim|CustomResourceDefinition|Ceph(Cluster|BlockPool|Filesystem|FilesystemSubVolumeGroup|ObjectStore|ObjectStoreUser))$/;

describe("in Kubernetes", () => {
  const keeping = made.filter(({ platform }) => platform.removal === "keep").map(({ platform }) => platform.name);
  const inKeeping = objects.filter(({ environment }) => keeping.includes(environment));

  test("whatever holds data stays when Helm is told to remove it: the mark is on the object, in the cluster", () => {
    const loose = inKeeping.filter(
      ({ object: { kind, metadata } }) =>
        HOLDING.test(kind) && metadata.annotations?.["helm.sh/resource-policy"] !== "keep",
    );
    expect(loose.map(({ environment, object }) => `${environment} ${object.kind} ${object.metadata.name}`)).toEqual([
      // An operator's own, with nothing in it that its release does not bring.
      "aws Namespace external-secrets",
    ]);
  });

  test("a volume outlives its claim", () => {
    const classes = inKeeping.filter(({ object }) => object.kind === "StorageClass");
    expect(classes.length).toBeGreaterThan(0);
    for (const { object } of classes) expect(object).toMatchObject({ reclaimPolicy: "Retain" });
  });

  test("no kind of storage is unknown here", () => {
    const storage = new Set(
      objects
        .filter(({ object }) => /ceph\.rook\.io|^v1$/.test(object.apiVersion) && /^Ceph|^Persistent/.test(object.kind))
        .map(({ object }) => object.kind),
    );
    expect([...storage].filter((kind) => !HOLDING.test(kind))).toEqual([]);
    expect(objects.map(({ object }) => object.kind)).not.toContain("StatefulSet");
  });
});
