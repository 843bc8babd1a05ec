import type { Footprint } from "../shared/footprint";
import { ByteSize, Cpu } from "../shared/quantities";

/**
 * What a distribution itself runs on the nodes, as far as it asks for anything. Requests as the distributions' own manifests
 * state them (EKS: add-ons vpc-cni, kube-proxy, coredns; RKE2: charts rke2-canal, rke2-coredns, rke2-metrics-server).
 */
export const distributionFootprints: Record<"eks" | "rke2" | "existing", readonly Footprint[]> = {
  eks: [perNode("aws-node", 50, 0), perNode("kube-proxy", 100, 0), replicated("coredns", 2, 100, 70)],
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
