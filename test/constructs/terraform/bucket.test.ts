import { data } from "../../support/aws-stacks";
import { ref } from "../../support/terraform";

const BUCKET = ref("aws_s3_bucket.backups.id");

test("a bucket has the name that the model decided, and says what it is for", () => {
  expect(data().at("aws_s3_bucket.backups")).toMatchObject({
    bucket: "aws-backups-123456789012",
    tags: { purpose: "cluster backups" },
  });
});

test("a bucket keeps earlier versions as long as the environment says", () => {
  const stack = data((draft) => (draft.storage.buckets.backups.keepVersions = "14d"));

  expect(stack.at("aws_s3_bucket_versioning.backups")).toEqual({
    bucket: BUCKET,
    versioning_configuration: { status: "Enabled" },
  });
  expect(ruleOf(stack, "old-versions")).toMatchObject({
    status: "Enabled",
    noncurrent_version_expiration: [{ noncurrent_days: 14 }],
    expiration: [{ expired_object_delete_marker: true }],
  });
});

test("what is current never expires", () => {
  const { rule } = data().at("aws_s3_bucket_lifecycle_configuration.backups");

  for (const { expiration = [] } of rule) {
    for (const one of expiration) expect(Object.keys(one)).toEqual(["expired_object_delete_marker"]);
  }
});

test("old versions expire only where versions are kept already", () => {
  expect(data().at("aws_s3_bucket_lifecycle_configuration.backups").depends_on).toEqual([
    "aws_s3_bucket_versioning.backups",
  ]);
});

test("unfinished uploads are removed after a week", () => {
  expect(ruleOf(data(), "unfinished-uploads")).toMatchObject({
    status: "Enabled",
    abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
  });
});

test("a bucket encrypts what it stores", () => {
  expect(data().at("aws_s3_bucket_server_side_encryption_configuration.backups")).toEqual({
    bucket: BUCKET,
    rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
  });
});

test("a bucket is private, whatever a policy or an access list says", () => {
  expect(data().at("aws_s3_bucket_public_access_block.backups")).toEqual({
    bucket: BUCKET,
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(data().at("aws_s3_bucket_ownership_controls.backups").rule).toEqual({
    object_ownership: "BucketOwnerEnforced",
  });
});

test("a bucket and its objects are reached by TLS only", () => {
  expect(data().policyOf("aws_s3_bucket_policy.backups", "policy").Statement).toEqual([
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [ref("aws_s3_bucket.backups.arn"), `${ref("aws_s3_bucket.backups.arn")}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

test("a kept bucket cannot be destroyed", () => {
  expect(data().at("aws_s3_bucket.backups")).toMatchObject({
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
});

test("a disposable bucket is destroyed with what is in it", () => {
  const bucket = data((draft) => (draft.storage.buckets.backups.removal = "destroy")).at("aws_s3_bucket.backups");

  expect(bucket.force_destroy).toBe(true);
  expect(bucket).not.toHaveProperty("lifecycle");
});

test("a bucket with another key keeps its name and moves with everything that describes it", () => {
  const before = data();
  const after = data((draft) => {
    const name = "aws-backups-123456789012";
    draft.storage.buckets = { velero: { ...draft.storage.buckets.backups, name, formerly: "backups" } };
  });

  expect(after.at("aws_s3_bucket.velero")).toEqual(before.at("aws_s3_bucket.backups"));
  expect(after.moved.map(({ from }) => from).sort()).toEqual(before.addresses);
  expect(after.moved.map(({ to }) => to).sort()).toEqual(after.addresses);
});

function ruleOf(stack: ReturnType<typeof data>, id: string) {
  const { rule } = stack.at("aws_s3_bucket_lifecycle_configuration.backups");
  return rule.find((candidate: { id: string }) => candidate.id === id);
}
