import type { Answer, Api } from "./api";

export type Verb = "get" | "list" | "create" | "update" | "patch" | "delete" | "deletecollection";

const methods: Readonly<Record<Verb, string>> = {
  get: "GET",
  list: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

/** API of each group of resources, as in `deployments.apps`. */
const versions: Readonly<Record<string, string>> = {
  "": "/api/v1",
  apps: "/apis/apps/v1",
  batch: "/apis/batch/v1",
  autoscaling: "/apis/autoscaling/v2",
  policy: "/apis/policy/v1",
  "networking.k8s.io": "/apis/networking.k8s.io/v1",
  "rbac.authorization.k8s.io": "/apis/rbac.authorization.k8s.io/v1",
  "apiextensions.k8s.io": "/apis/apiextensions.k8s.io/v1",
  "certificates.k8s.io": "/apis/certificates.k8s.io/v1",
  "admissionregistration.k8s.io": "/apis/admissionregistration.k8s.io/v1",
  "scheduling.k8s.io": "/apis/scheduling.k8s.io/v1",
  "storage.k8s.io": "/apis/storage.k8s.io/v1",
  "discovery.k8s.io": "/apis/discovery.k8s.io/v1",
  "gateway.networking.k8s.io": "/apis/gateway.networking.k8s.io/v1",
  "monitoring.coreos.com": "/apis/monitoring.coreos.com/v1",
};

/** Verbs whose path names an object. */
const NAMED: readonly Verb[] = ["get", "update", "patch", "delete"];

/**
 * Tries it with a real request, and tells whether the right to do so was refused. The object asked for does not exist, and
 * nothing is changed: an answer such as "not found" or "invalid" comes after the right was judged, and means that it is there.
 *
 * @param what e.g. `pods`, `deployments.apps`, `pods/exec`
 */
export async function mayDo(api: Api, verb: Verb, what: string, namespace?: string): Promise<boolean> {
  return !lacksRight(await attempt(api, verb, what, namespace));
}

async function attempt(api: Api, verb: Verb, what: string, namespace?: string): Promise<Answer> {
  const [resource = "", subresource] = what.split("/");
  const [plural = "", ...group] = resource.split(".");
  const root = versions[group.join(".")];
  if (root === undefined) throw new Error(`no API is known for ${what}: add it to the table`);
  const collection = `${root}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}`;
  const named = NAMED.includes(verb) || subresource !== undefined;
  const path = `${collection}${named ? "/does-not-exist" : ""}${subresource === undefined ? "" : `/${subresource}`}`;
  const reading = verb === "get" || verb === "list";
  // What a deletion's body says would count instead of the query.
  const bodiless = reading || verb === "delete" || verb === "deletecollection";
  // Of a collection nothing matches the label.
  const query = reading ? "" : verb === "deletecollection" ? "?dryRun=All&labelSelector=no=such" : "?dryRun=All";
  const type = verb === "patch" ? "application/merge-patch+json" : undefined;
  return api.call(methods[verb], `${path}${query}`, bodiless ? undefined : {}, type);
}

/** Whether the answer says that RBAC refuses: quotas and pod security answer 403 too, in other words. */
export function lacksRight({ status, body }: Answer): boolean {
  return status === 403 && / cannot \w+ resource /.test(String(body.message));
}
