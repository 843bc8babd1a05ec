import { sha256 } from "../../assembly/digest";
import type { ChartVersion } from "../../platform/versions/charts";
import { ask, bytesOf, PullProblem, refusal } from "./download";

/** Media types of the OCI distribution specification and of Helm's charts in it. */
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

interface Manifest {
  readonly layers?: readonly { readonly mediaType: string; readonly digest: string }[];
}

/**
 * The archive of a chart from a registry that anybody may read: its manifest by the version as tag, then the one layer that is the
 * chart, by the digest that the manifest gives.
 *
 * @throws PullProblem
 */
export async function pullFromRegistry({ repository, version }: ChartVersion): Promise<Buffer> {
  const { host, pathname } = new URL(repository.replace(/^oci:/, "https:"));
  const base = `${scheme(host)}://${host}/v2${pathname}`;
  // A tag has no plus sign; Helm writes an underscore instead.
  const tag = version.replaceAll("+", "_");
  const address = `${base}/manifests/${tag}`;
  const { response, headers } = await asAnybody(address, { accept: MANIFEST });
  if (!response.ok) throw refusal(address, response);
  const layer = ((await response.json()) as Manifest).layers?.find(({ mediaType }) => mediaType === CHART);
  if (layer === undefined) throw new PullProblem(`${address} is no chart: correct the repository`, "refused");
  const archive = await bytesOf(`${base}/blobs/${layer.digest}`, headers);
  if (sha256(archive) === layer.digest) return archive;
  throw new PullProblem(
    `the archive is ${sha256(archive)}, and the registry itself says ${layer.digest}: it was damaged on the way; try again`,
    "refused",
  );
}

/** Registries on this machine itself speak plain HTTP, as every client of registries takes it. */
function scheme(host: string): string {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host) ? "http" : "https";
}

/** A registry may want a token even of anybody, and says where to get it. */
async function asAnybody(
  address: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly response: Response; readonly headers: Readonly<Record<string, string>> }> {
  const response = await ask(address, headers);
  const realm = response.status === 401 ? realmOf(response.headers.get("www-authenticate")) : undefined;
  if (realm === undefined) return { response, headers: {} };
  const { token } = JSON.parse((await bytesOf(realm)).toString("utf8")) as { readonly token: string };
  const authorization = `Bearer ${token}`;
  return { response: await ask(address, { ...headers, authorization }), headers: { authorization } };
}

/** `Bearer realm="https://auth.example/token",service="registry",scope="..."` as an address. */
function realmOf(challenge: string | null): string | undefined {
  if (!challenge?.startsWith("Bearer ")) return undefined;
  const { realm, ...rest } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  ) as Record<string, string>;
  return realm === undefined ? undefined : `${realm}?${new URLSearchParams(rest)}`;
}
