import { distributionFootprints } from "../../../platform/cluster/overhead";
import { eksAddOns } from "../../../platform/versions/eks-addons";

/** What each add-on of EKS runs. */
const PODS: Record<(typeof eksAddOns)[number], readonly string[]> = {
  "vpc-cni": ["aws-node"],
  coredns: ["coredns"],
  "kube-proxy": ["kube-proxy"],
  "eks-pod-identity-agent": ["eks-pod-identity-agent"],
  "aws-ebs-csi-driver": ["ebs-csi-controller", "ebs-csi-node"],
  "snapshot-controller": ["snapshot-controller"],
  "metrics-server": ["metrics-server"],
};

test("every add-on that EKS installs is counted, and nothing else", () => {
  const counted = distributionFootprints.eks.map(({ owner }) => owner.slice(1).join("."));
  expect(counted.sort()).toEqual(eksAddOns.flatMap((addOn) => PODS[addOn]).sort());
});

test("EKS has four pods on every node, and two replicas of everything else", () => {
  const perNode = distributionFootprints.eks.filter(({ replicas }) => replicas === "one-per-node");
  expect(perNode).toHaveLength(4);
  const others = distributionFootprints.eks.filter(({ replicas }) => replicas !== "one-per-node");
  expect(others.map(({ replicas }) => replicas)).toEqual([2, 2, 2, 2]);
});
