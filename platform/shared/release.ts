/** A Kubernetes object as plain data. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** An object and the path of the construct that made it; the path is what the change report compares by. */
export interface PlacedObject {
  readonly path: string;
  readonly object: KubernetesObject;
}

/** Objects of ours, packed as a local Helm chart. */
export interface OwnChart {
  readonly kind: "own";
  readonly objects: readonly PlacedObject[];
}

/** Somebody else's Helm chart, pinned, with our values. */
export interface UpstreamChart {
  readonly kind: "upstream";
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A pinned chart with values; their type is that of the component, and nothing more is known here. */
export function upstreamChart<Values extends object>(
  { chart, repository, version }: Omit<UpstreamChart, "kind" | "values">,
  values: Values,
): UpstreamChart {
  return { kind: "upstream", chart, repository, version, values: values as Readonly<Record<string, unknown>> };
}

/**
 * A chart installed in a cluster: the unit of Kubernetes deployment. Plain data, so that the Kubernetes half that makes it
 * and the Terraform half that deploys it need not know each other.
 */
export interface Release {
  readonly name: string;
  /** Where Helm keeps its record of the release, and the namespace of upstream charts' objects. */
  readonly namespace: string;
  /** Names of the releases that must be there before; reversed for destroy. */
  readonly needs: readonly string[];
  readonly chart: OwnChart | UpstreamChart;
  /**
   * How long Helm waits until everything in it is ready, in seconds.
   * @default 300
   */
  readonly timeout?: number;
  /**
   * What of its objects Kubernetes never changes, by their names: where one of these values is another, the release is removed and
   * installed again.
   * @default - nothing
   */
  readonly fixed?: Readonly<Record<string, unknown>>;
}

/** Helm refuses longer release names (its own limit: the name becomes part of a label and of a Secret's name). */
export const LONGEST_RELEASE_NAME = 53;
