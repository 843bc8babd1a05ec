import { ApiObject, Chart } from "cdk8s";
import type { Construct } from "constructs";
import type { KubernetesObject, PlacedObject, Release } from "../../platform/shared/release";

export type ReleaseProps = Omit<Release, "chart">;

/** A cdk8s chart whose objects have exactly the names that they state: a name is decided, never made up from a path. */
export class ReleaseChart extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { disableResourceNameHashes: true });
  }

  override generateObjectName(object: ApiObject): string {
    throw new Error(`${object.node.path}: ${object.kind} has no metadata.name: state it`);
  }
}

/**
 * A cdk8s chart as a release of our own: its objects as plain data, in the order in which they were made.
 *
 * cdk8s's `chart.toJson()` prepares and validates the whole app for each of its charts, which is quadratic in their number;
 * here only this chart's own constructs are validated.
 *
 * @throws Error naming every construct of the chart that finds itself wrong
 */
export function ownRelease(chart: Chart, props: ReleaseProps): Release {
  const constructs = chart.node.findAll();
  const faults = constructs.flatMap((part) => part.node.validate().map((fault) => `${part.node.path}: ${fault}`));
  if (faults.length > 0) throw new Error(`release ${props.name} is wrong:\n  ${faults.join("\n  ")}`);
  const objects = constructs.filter(ApiObject.isApiObject).map(
    (object): PlacedObject => ({
      path: object.node.path,
      object: object.toJson() as KubernetesObject,
    }),
  );
  return { ...props, chart: { kind: "own", objects } };
}
