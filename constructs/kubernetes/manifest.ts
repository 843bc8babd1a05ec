import { ApiObject, type ApiObjectProps, type JsonPatch } from "cdk8s";
import type { Construct } from "constructs";
import type { KubernetesObject } from "../../platform/shared/release";

/** What any manifest of ours states; the kinds in `kinds.ts` and `constructs/imports/types` are narrower. */
export interface AnyManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubernetesObject["metadata"];
}

/**
 * A Kubernetes object given as typed plain data: what is written is what is deployed, field by field.
 *
 * cdk8s's own rendering looks for lazy values in every field, which takes most of a synthesis of hundreds of workloads. Plain
 * data has none, so it is only copied, with keys sorted as cdk8s sorts them. What is changed afterwards, by a patch
 * (`addJsonPatch`) or in `metadata`, may be lazy: cdk8s renders such an object.
 */
export class Manifest<Kind extends AnyManifest> extends ApiObject {
  private changed = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly manifest: Kind,
  ) {
    super(scope, id, manifest as unknown as ApiObjectProps);
    const { metadata } = this;
    // Whoever takes it in hand may add to it.
    const changing = () => {
      this.changed = true;
      return metadata;
    };
    Object.defineProperty(this, "metadata", { get: changing });
  }

  override addJsonPatch(...ops: JsonPatch[]): void {
    this.changed = true;
    super.addJsonPatch(...ops);
  }

  override toJson(): KubernetesObject {
    if (this.changed) return super.toJson();
    const { apiVersion, kind, metadata, ...rest } = this.manifest;
    return { apiVersion, kind, metadata: this.complete(metadata), ...(sorted(rest) as object) };
  }

  /** With what the chart states for all its objects. */
  private complete({ namespace, labels, annotations, ...rest }: KubernetesObject["metadata"]) {
    return sorted({
      ...rest,
      namespace: namespace ?? this.chart.namespace,
      labels: filled({ ...this.chart.labels, ...labels }),
      annotations: filled(annotations),
    }) as KubernetesObject["metadata"];
  }
}

/** Nothing where there is nothing in it: cdk8s leaves out empty metadata. */
function filled(texts: Readonly<Record<string, string>> = {}): typeof texts | undefined {
  return Object.keys(texts).length > 0 ? texts : undefined;
}

/** A deep copy with keys in order and without fields that are `undefined`. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(fields).sort()) {
    if (fields[key] !== undefined) copy[key] = sorted(fields[key]);
  }
  return copy;
}
