import { sentence } from "../../../platform/shared/problems";
import { changed, type Draft, refusals } from "../../support/environments";
import { platformOf } from "../../support/kubernetes";

const ADMIN = "arn:aws:iam::123456789012:role/platform-admin";

/** What AWS would refuse half-way through an apply is refused before anything is made. */
test.each<[title: string, change: (draft: Draft) => void, refusal: string]>([
  [
    "an API server that is open to everybody",
    (draft) => (draft.cluster.apiOpenTo = ["0.0.0.0/0"]),
    'aws.cluster.apiOpenTo[0] is "0.0.0.0/0", but it opens the API server to the whole internet: list the office\'s addresses, or leave it empty and work from the bastion',
  ],
  [
    "an API server that is open to private addresses",
    (draft) => (draft.cluster.apiOpenTo = ["203.0.113.0/24", "192.168.7.0/24"]),
    'aws.cluster.apiOpenTo[1] is "192.168.7.0/24", but nobody comes from a private block over the internet: remove it: the private endpoint serves the VPC anyway',
  ],
  [
    "more open blocks than EKS takes",
    (draft) => (draft.cluster.apiOpenTo = Array.from({ length: 41 }, (_, index) => `203.0.113.${index}/32`)),
    "aws.cluster.apiOpenTo is 41, but EKS takes at most 40 blocks: join neighbouring blocks",
  ],
  [
    "an administrator who is listed twice",
    (draft) => (draft.cluster.admins = [ADMIN, ADMIN]),
    `aws.cluster.admins[1] is "${ADMIN}", but it is listed already: list each principal once, under names that differ in letters`,
  ],
  [
    "administrators whose addresses would be the same",
    (draft) => (draft.cluster.admins = [ADMIN, "arn:aws:iam::123456789012:role/platform_admin"]),
    `aws.cluster.admins[1] is "arn:aws:iam::123456789012:role/platform_admin", but it differs from ${ADMIN} in punctuation only: list each principal once, under names that differ in letters`,
  ],
  [
    "service addresses that EKS does not take",
    (draft) => (draft.cluster.serviceBlock = "100.64.0.0/16"),
    'aws.cluster.serviceBlock is "100.64.0.0/16", but EKS takes a block between /24 and /12 within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16: leave it out, or use one like 10.96.0.0/16',
  ],
  [
    "a label of EKS's own",
    (draft) => (draft.cluster.pools.general.labels = { "eks.amazonaws.com/team": "it" }),
    'aws.cluster.pools.general.labels["eks.amazonaws.com/team"] is "eks.amazonaws.com/team", but labels of eks.amazonaws.com are EKS\'s own, and it makes no nodes with others of them: use a domain of your own, like acme.example/disk',
  ],
  [
    "a node's disk that is smaller than its image",
    (draft) => (draft.cluster.pools.general.disk = "10Gi"),
    'aws.cluster.pools.general.disk is "10Gi", but the image of EKS nodes alone takes 20Gi: leave it out, or use 50Gi',
  ],
  [
    "a region of another partition",
    (draft) => (draft.network.region = "us-gov-west-1"),
    'aws.network.region is "us-gov-west-1", but Bastide names things as the regions of the common AWS do, and this one belongs to another: use one like eu-central-1',
  ],
  [
    "a purpose that cannot be a tag",
    (draft) => (draft.storage.buckets.backups.purpose = "backups, daily"),
    'aws.storage.buckets.backups.purpose is "backups, daily", but it becomes a tag, of at most 256 letters, digits, spaces and _.:/=+-@: say it in plain words, without commas or quotes',
  ],
  [
    "a bucket with another key and no name",
    (draft) => {
      draft.storage.buckets = { velero: { ...draft.storage.buckets.backups, formerly: "backups" } };
    },
    "aws.storage.buckets.velero.name is missing: a bucket's name in AWS never changes, and without name it would follow the new key: name the bucket as it is called in AWS",
  ],
  [
    "a bucket that was one which still exists",
    (draft) => {
      draft.storage.buckets.velero = { ...draft.storage.buckets.backups, name: "acme-velero", formerly: "backups" };
    },
    'aws.storage.buckets.velero.formerly is "backups", but a bucket of that key still exists: remove the old entry or formerly',
  ],
  [
    "two machines that were the same one",
    (draft) => {
      const machine = { ...draft.machines["bastion-1"], formerly: "bastion-0" };
      draft.machines = { "bastion-1": machine, "bastion-2": machine };
    },
    'aws.machines.bastion-2.formerly is "bastion-0", but machine bastion-1 was that machine: remove one of the two',
  ],
])("fails with %s", (_, change, refusal) => {
  expect(refusals(changed("aws", change), { "start-page": "0123456789ab", callhome: "ba9876543210" })).toEqual([
    refusal,
  ]);
});

describe("an API server that nobody reaches from outside", () => {
  const warnings = (change: (draft: Draft) => void) =>
    platformOf("aws", change)
      .warnings.map(sentence)
      .filter((warning) => warning.includes("apiOpenTo"));

  test("is warned of where no machine administers it", () => {
    expect(warnings((draft) => delete draft.machines["bastion-1"])).toEqual([
      "aws.cluster.apiOpenTo is [], but no machine has the role bastion or runner either, so nobody reaches the API server to install anything: name the office's networks, or describe a bastion",
    ]);
  });

  test.each<[string, (draft: Draft) => void]>([
    ["a bastion", () => {}],
    ["a runner", (draft) => (draft.machines["bastion-1"].role = "runner")],
    [
      "an office",
      (draft) => {
        delete draft.machines["bastion-1"];
        draft.cluster.apiOpenTo = ["203.0.113.0/24"];
      },
    ],
  ])("is not where there is %s", (_, change) => {
    expect(warnings(change)).toEqual([]);
  });
});
