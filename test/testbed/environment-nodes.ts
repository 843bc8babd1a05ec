import { loadPlatforms } from "../../cli/load";
import { fakeNodeOf } from "../cluster/support/model";
import { applyNodes } from "./nodes";
import type { Testbed } from "./testbed";
import { TestbedError } from "./testbed-error";

/**
 * Adds the nodes of an environment to a testbed, with the room, labels and taints that the model says, so that what is
 * deployed by hand finds the place it would find in production.
 *
 * @returns their names
 */
export async function applyNodesOf(testbed: Testbed, environment: string): Promise<string[]> {
  const [platform] = loadPlatforms(process.env, testbed.target, [environment]);
  const nodes = platform?.cluster?.nodes ?? [];
  if (nodes.length === 0) throw new TestbedError(`environment ${environment} has no cluster, so it has no nodes`);
  await applyNodes(testbed, nodes.map(fakeNodeOf));
  return nodes.map(({ name }) => name);
}
