import type { Testbed } from "../../testbed";

/** A release as Helm has it. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: string;
  readonly status: string;
  readonly chart: string;
}

/** Every release of the cluster, in whatever state, by name. */
export async function helmReleases(testbed: Testbed): Promise<HelmRelease[]> {
  const text = await testbed.run(["helm", "list", "--all-namespaces", "--output", "json"]);
  const releases = JSON.parse(text) as HelmRelease[];
  return releases.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The revision of every release. */
export async function revisions(testbed: Testbed): Promise<Record<string, number>> {
  return Object.fromEntries((await helmReleases(testbed)).map(({ name, revision }) => [name, Number(revision)]));
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly state: Readonly<Record<string, object>> }[];
  };
}

/** Every pod that is not on its way out and has not done its task. */
export async function pods(testbed: Testbed, ...flags: readonly string[]): Promise<Pod[]> {
  const list = JSON.parse(await testbed.kubectl("get", "pods", "--all-namespaces", "--output=json", ...flags));
  return (list.items as Pod[]).filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== "Succeeded",
  );
}

export function isReady({ status }: Pod): boolean {
  return (status.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True");
}

/** Names of everything that a deployment makes and its end must take away: namespaces, CRDs, and other cluster-wide kinds. */
export async function clusterWide(testbed: Testbed): Promise<string[]> {
  const policies = "validatingadmissionpolicies,validatingadmissionpolicybindings";
  const kinds = `namespaces,customresourcedefinitions,priorityclasses,clusterroles,clusterrolebindings,${policies}`;
  return (await testbed.kubectl("get", kinds, "--output=name")).trim().split("\n").sort();
}
