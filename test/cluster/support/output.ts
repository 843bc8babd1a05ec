import type { KubernetesObject } from "../../../platform/shared/release";
import { type Output, outputFor } from "../../support/output";
import type { Testbed } from "../../testbed";
import { eventually } from "./eventually";

/** Everything that is synthesized for a testbed. */
export function outputOn({ target }: Testbed): Output {
  return outputFor(target);
}

/** The objects of one environment, in the order in which they are installed. */
export function objectsOf({ objects }: Output, environment: string): KubernetesObject[] {
  return objects.filter((one) => one.environment === environment).map(({ object }) => object);
}

export function isDefinition({ kind }: KubernetesObject): boolean {
  return kind === "CustomResourceDefinition";
}

/** Creates or updates objects for real, by server-side apply, and waits until new kinds are served. */
export async function apply(testbed: Testbed, objects: readonly KubernetesObject[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const flags = ["--server-side", "--force-conflicts", "--validate=strict"];
  await testbed.run(["kubectl", "apply", ...flags, "-f", "-"], { input });
  const definitions = objects.filter(isDefinition).map(({ metadata }) => metadata.name);
  if (definitions.length === 0) return;
  const paths = definitions.map((name) => `customresourcedefinition/${name}`);
  await testbed.kubectl("wait", "--for=condition=Established", "--timeout=300s", ...paths);
  // An established kind is told to clients a moment later.
  await eventually(async () => {
    const told = (await testbed.kubectl("api-resources", "--cached=false", "--output=name")).split("\n");
    expect(definitions.filter((name) => !told.includes(name))).toEqual([]);
  });
}
