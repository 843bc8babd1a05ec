/** The metadata that we write on custom objects; the rest of a Kubernetes `ObjectMeta` is the cluster's to fill in. */
export interface ObjectMetadata {
  readonly name: string;
  /** Absent on cluster-scoped objects only: every other object of ours says where it lives. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
