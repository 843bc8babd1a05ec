import type { Testbed } from "../../testbed";
import { Api } from "./api";

interface Secret {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
}

/**
 * Helm's status of the newest revision of a release, e.g. `pending-install`; empty if there is none. Asked ten times a second
 * while a deployment goes on: without kubectl, whose start would take a fifth of a core from it.
 */
export async function releaseStatus({ kubeconfig }: Testbed, name: string): Promise<string> {
  const api = Api.of(kubeconfig);
  try {
    const { body } = await api.call("GET", `/api/v1/secrets?labelSelector=owner%3Dhelm%2Cname%3D${name}`);
    // A server that is too busy to answer says so instead.
    const revisions = ((body.items ?? []) as Secret[]).map(({ metadata: { labels } }) => labels);
    return revisions.sort((a, b) => Number(a.version) - Number(b.version)).at(-1)?.status ?? "";
  } finally {
    api.close();
  }
}
