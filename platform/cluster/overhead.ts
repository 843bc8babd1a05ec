import type { Footprint } from "../shared/footprint";
import { ByteSize, Cpu } from "../shared/quantities";

/**
 * What a distribution itself runs on the nodes, as far as it asks for anything. Requests as the distributions' own manifests
 * state them (EKS: the add-ons of `versions/eks-addons.ts`; RKE2: charts rke2-canal, rke2-coredns, rke2-metrics-server).
 *
 * The newer four add-ons of EKS publish no manifest, so what they ask for is not certain; it is taken from the charts that
 * they are built from. aws-ebs-csi-driver: `values.yaml` of its chart, 10m and 40Mi for each container: six in each of two
 * controllers, three on each node. metrics-server: `values.yaml` of its chart, 100m and 200Mi, and two replicas, as EKS has
 * it. snapshot-controller and eks-pod-identity-agent: their charts ask for nothing, so they count as pods alone.
 */
export const distributionFootprints: Record<"eks" | "rke2" | "existing", readonly Footprint[]> = {
  eks: [
    perNode("aws-node", 50, 0),
    perNode("kube-proxy", 100, 0),
    perNode("eks-pod-identity-agent", 0, 0),
    perNode("ebs-csi-node", 30, 120),
    replicated("coredns", 2, 100, 70),
    replicated("ebs-csi-controller", 2, 60, 240),
    replicated("snapshot-controller", 2, 0, 0),
    replicated("metrics-server", 2, 100, 200),
  ],
  rke2: [
    perNode("rke2-canal", 250, 0),
    replicated("rke2-coredns", 2, 100, 128),
    replicated("rke2-metrics-server", 1, 100, 200),
  ],
  existing: [replicated("coredns", 1, 100, 70)],
};

function perNode(name: string, millicores: number, mebibytes: number): Footprint {
  return { ...systemPod(name, millicores, mebibytes), replicas: "one-per-node" };
}

function replicated(name: string, replicas: number, millicores: number, mebibytes: number): Footprint {
  return { ...systemPod(name, millicores, mebibytes), replicas };
}

function systemPod(name: string, millicores: number, mebibytes: number): Omit<Footprint, "replicas"> {
  const amount = { cpu: Cpu.millicores(millicores), memory: ByteSize.mebibytes(mebibytes) };
  return {
    owner: ["cluster", name],
    namespace: "kube-system",
    surge: 0,
    resources: { requests: amount, limits: amount },
    placement: {},
  };
}
