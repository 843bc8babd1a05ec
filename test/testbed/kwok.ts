import { join } from "node:path";
import { startDaemon } from "./daemons";

/** Nodes that carry it are fake; a real node beside them is left to its kubelet. */
export const fakeNode = { "kwok.x-k8s.io/node": "fake" } as const;

/** Starts kwok: keeps fake nodes Ready, and makes pods on them Running and Ready at once without running anything. */
export function startKwok(testbed: string, programs: string, kubeconfig: string, enter: readonly string[] = []): void {
  startDaemon(testbed, {
    name: "kwok",
    command: [
      ...enter,
      join(programs, "kwok"),
      `--kubeconfig=${kubeconfig}`,
      `--config=${join(programs, "stages.yaml")}`,
      ...Object.entries(fakeNode).map(([key, value]) => `--manage-nodes-with-annotation-selector=${key}=${value}`),
      // Without leases the controllers hold a node for dead after 40 s.
      "--node-lease-duration-seconds=40",
      "--cidr=10.240.0.0/14",
    ],
  });
}
