import type { Testbed } from "../../testbed";
import type { Pod } from "./cluster-state";
import { eventually } from "./eventually";

/** Waits until the real node's proxy leads connections to all of these pods, which it does a moment after they are Ready. */
export async function untilRouted(testbed: Testbed, pods: readonly Pod[]): Promise<void> {
  const addresses = pods.map(({ status }) => status.podIP ?? "no address");
  await eventually(async () => {
    const rules = await testbed.run(["nft", "list", "table", "ip", "kube-proxy"]);
    expect(addresses.filter((address) => !rules.includes(`__${address}/`))).toEqual([]);
  });
}
