import type { App } from "../../../platform/apps";
import type { Cluster } from "../../../platform/cluster";
import type { Machine } from "../../../platform/machines";
import type { Platform } from "../../../platform/platform";
import { kubernetesReleases } from "../../../platform/versions/kubernetes";
import { providers } from "../../../platform/versions/providers";
import { crdSets } from "../../imports/catalogue";
import { installedSets } from "../installed-crds";
import { type Html, html } from "./html";

/**
 * The start page of an environment: where its applications are, and what it is made of. Depends on the model alone, so the
 * same environment always has the same page.
 */
export function pageOf(platform: Platform): string {
  const { name, organisation, cluster, machines } = platform;
  const title = `${organisation}: ${name}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header>
<h1>${title}</h1>
<p>Below <code>${platform.network.domain}</code>, ${REACH[platform.network.reach]}.</p>
</header>
<main>
${linksOf(platform)}${cluster === undefined ? undefined : clusterOf(cluster)}${machinesOf(machines.all, platform.network.reach)}${versionsOf(platform)}</main>
</body>
</html>
`;
  return page.text;
}

type Reach = Platform["network"]["reach"];

const REACH: Readonly<Record<Reach, string>> = {
  internal: "reached from inside only",
  public: "reached from the internet",
};

function linksOf({ apps, cluster, access }: Platform): Html {
  const teams = new Map(access.namespaces.map(({ name, team }) => [name, team]));
  const scheme = cluster?.gateway.certificate === undefined ? "http" : "https";
  const routed = apps.all.filter((app): app is App & { hostName: string } => app.hostName !== undefined);
  const items = routed.map(({ title, hostName, namespace }) => {
    const address = `${scheme}://${hostName}/`;
    return html`<li><a href="${address}">${title}</a> <small>${hostName}, team ${teams.get(namespace)}</small></li>
`;
  });
  const list = items.length === 0 ? html`<p>None has a host name.</p>` : html`<ul class="links">\n${items}</ul>`;
  return html`<section aria-labelledby="links">
<h2 id="links">Applications</h2>
${list}
</section>
`;
}

function clusterOf(cluster: Cluster): Html {
  const { name, distribution, version, nodes } = cluster;
  const { eksEnd, upstreamEnd } = kubernetesReleases[version];
  const end = distribution === "eks" ? eksEnd : upstreamEnd;
  return html`<section aria-labelledby="cluster">
<h2 id="cluster">Cluster</h2>
<p>${name}: ${DISTRIBUTION[distribution]}, Kubernetes ${version}, ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}. Supported until <time datetime="${end}">${end}</time>.</p>
</section>
`;
}

const DISTRIBUTION: Readonly<Record<Cluster["distribution"], string>> = {
  eks: "Elastic Kubernetes Service",
  rke2: "RKE2",
  existing: "a cluster that exists already",
};

function machinesOf(machines: readonly Machine[], reach: Reach): Html | undefined {
  if (machines.length === 0) return undefined;
  const rows = machines.map(
    (
      machine,
    ) => html`<tr><th scope="row">${machine.name}</th><td>${machine.role}</td><td>${addressOf(machine, reach)}</td><td>${machine.note}</td></tr>
`,
  );
  return html`<section aria-labelledby="machines">
<h2 id="machines">Machines</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="machines"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Address</th><th scope="col">Note</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
</section>
`;
}

/**
 * Its address where only insiders read the page, otherwise its host name alone. A machine in AWS has no address yet when the
 * page is made.
 */
function addressOf(machine: Machine, reach: Reach): string {
  return machine.provider === "existing" && reach === "internal" ? machine.address : machine.hostName;
}

function versionsOf(platform: Platform): Html {
  const { cluster } = platform;
  const versions = [
    ...(cluster === undefined ? [] : clusterVersions(cluster, platform)),
    ...Object.values(providers).map(({ source, version }) => [`Terraform provider ${source}`, version]),
  ];
  const rows = versions.map(
    ([component, version]) => html`<tr><th scope="row">${component}</th><td>${version}</td></tr>
`,
  );
  return html`<section aria-labelledby="versions">
<h2 id="versions">Versions</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="versions"><table>
<thead><tr><th scope="col">Component</th><th scope="col">Version</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
</section>
`;
}

function clusterVersions({ distribution, version }: Cluster, platform: Platform): [string, string][] {
  const kubernetes: [string, string] =
    distribution === "rke2" ? ["RKE2", kubernetesReleases[version].rke2] : ["Kubernetes", version];
  const installed = new Set(installedSets(platform).map(({ set }) => set));
  const sets = crdSets.filter(({ name }) => installed.has(name));
  return [kubernetes, ...sets.map((set): [string, string] => [`${set.name} (CRDs)`, set.version])];
}
