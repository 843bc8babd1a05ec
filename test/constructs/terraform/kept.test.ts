import { cloud, data, withBalancers } from "../../support/aws-stacks";

const KEPT = "terraform_data.kept";
const DISPOSABLE = "terraform_data.disposable";

const entry = (block: string, address: string) => `${block}["${address}"]`;

describe("the guard of what is kept", () => {
  test("has an entry for each thing, made after it, and lets none go", () => {
    const { for_each, depends_on, lifecycle } = data((draft) => (draft.storage.buckets.images = { purpose: "x" })).at(
      KEPT,
    );
    expect(Object.keys(for_each)).toEqual(["aws_s3_bucket.backups", "aws_s3_bucket.images"]);
    expect(depends_on).toEqual(Object.keys(for_each));
    expect(lifecycle).toEqual({ prevent_destroy: true });
  });

  test("is there without anything to keep, too, for it has to miss the last one", () => {
    const { for_each, depends_on, lifecycle } = data((draft) => (draft.storage.buckets = {})).at(KEPT);
    expect({ for_each, depends_on, lifecycle }).toEqual({
      for_each: {},
      depends_on: [],
      lifecycle: { prevent_destroy: true },
    });
  });

  test("lets go what may be destroyed, by an entry that moves to a block without guard", () => {
    const stack = data((draft) => (draft.storage.buckets.backups.removal = "destroy"));
    expect(stack.at(KEPT).for_each).toEqual({});
    expect(Object.keys(stack.at(DISPOSABLE).for_each)).toEqual(["aws_s3_bucket.backups"]);
    expect(stack.at(DISPOSABLE)).not.toHaveProperty("lifecycle");
    expect(stack.movedGuards).toEqual([
      { from: entry(KEPT, "aws_s3_bucket.backups"), to: entry(DISPOSABLE, "aws_s3_bucket.backups") },
    ]);
  });

  test("takes back what is to be kept after all", () =>
    expect(data().movedGuards).toEqual([
      { from: entry(DISPOSABLE, "aws_s3_bucket.backups"), to: entry(KEPT, "aws_s3_bucket.backups") },
    ]));

  test("goes with a thing that is renamed, from wherever it was", () => {
    const { movedGuards } = data((draft) => {
      const { backups } = draft.storage.buckets;
      draft.storage.buckets = { archive: { ...backups, formerly: "backups", name: "aws-backups-210987654321" } };
    });
    expect(movedGuards).toEqual([
      { from: entry(DISPOSABLE, "aws_s3_bucket.backups"), to: entry(KEPT, "aws_s3_bucket.backups") },
      { from: entry(KEPT, "aws_s3_bucket.backups"), to: entry(DISPOSABLE, "aws_s3_bucket.archive") },
      { from: entry(DISPOSABLE, "aws_s3_bucket.archive"), to: entry(KEPT, "aws_s3_bucket.archive") },
    ]);
  });

  test("has an entry for the cluster, its key, each machine and each database", () => {
    expect(Object.keys(cloud().at(KEPT).for_each)).toEqual([
      "aws_db_instance.database_callhome",
      "aws_eks_cluster.main",
      "aws_instance.bastion-1",
      "aws_kms_key.eks_secrets",
    ]);
  });

  test("lets one machine, or the cluster, go alone", () => {
    const kept = (change: Parameters<typeof cloud>[0]) => Object.keys(cloud(change).at(KEPT).for_each);
    expect(kept((draft) => (draft.machines["bastion-1"].removal = "destroy"))).not.toContain("aws_instance.bastion-1");
    expect(kept((draft) => (draft.cluster.removal = "destroy"))).toEqual([
      "aws_db_instance.database_callhome",
      "aws_instance.bastion-1",
    ]);
  });

  test("knows every kind that has a guard of its own", () => {
    const stack = cloud(withBalancers);
    const guarded = stack.addresses.filter((address) => stack.at(address).lifecycle?.prevent_destroy === true);
    expect(Object.keys(stack.at(KEPT).for_each)).toEqual(guarded);
    expect(guarded).toContain("aws_lb.front");
  });

  test("lets a load balancer go with the machines behind it, and not before the last", () => {
    const kept = (...disposable: string[]) =>
      Object.keys(
        cloud((draft) => {
          withBalancers(draft);
          for (const name of disposable) draft.machines[name].removal = "destroy";
        }).at(KEPT).for_each,
      );
    expect(kept("lb-1")).toContain("aws_lb.front");
    expect(kept("lb-1", "lb-2")).not.toContain("aws_lb.front");
  });
});
