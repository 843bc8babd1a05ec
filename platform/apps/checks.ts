import { type Access, isReservedNamespace } from "../access";
import type { ClusterModel } from "../cluster";
import type { Databases } from "../databases";
import type { Machines } from "../machines";
import type { Network } from "../network";
import { checkImage, type Registry } from "../registry";
import type { Services } from "../services";
import { unknownKey } from "../shared/keys";
import { checkLimits } from "../shared/limits";
import { domainFault, LONGEST_LABEL, labelFault } from "../shared/names";
import type { Report } from "../shared/problems";
import { LONGEST_RELEASE_NAME } from "../shared/release";
import { isReservedRelease } from "../shared/release-names";
import { takenHosts } from "./hosts";
import type { App, Apps } from "./resolve";
import { isSecretSetting } from "./secret-settings";

export interface AppsCheckNeeds {
  readonly access: Access;
  readonly cluster: ClusterModel;
  readonly machines: Machines;
  readonly network: Network;
  readonly registry: Registry;
  readonly services: Services;
  readonly databases: Databases;
}

export function checkApps({ all }: Apps, report: Report, needs: AppsCheckNeeds): void {
  const { access, cluster } = needs;
  const names = all.map(({ name }) => name);
  const namespaces = access.namespaces.map(({ name }) => name);
  if (all.length > 0 && cluster.cluster === undefined) {
    report.refuse(["apps"], names, "applications need a cluster, and this environment has none", "describe cluster");
  }
  for (const app of all) {
    const path = ["apps", app.name];
    unknownKey(report, [...path, "namespace"], app.namespace, "namespace", namespaces);
    for (const [place, called] of app.calls.entries()) {
      unknownKey(report, [...path, "calls", place], called, "app", names);
      if (app.calls.indexOf(called) < place) {
        report.refuse([...path, "calls", place], called, "it is listed already", "list each application once");
      }
    }
    if (app.footprint.placement.pool !== undefined && cluster.cluster) {
      unknownKey(report, [...path, "pool"], app.footprint.placement.pool, "node pool", cluster.cluster.pools);
    }
    checkImage(app.image, [...path, "image"], report);
    checkName(app, report);
    checkLimits(app.footprint, report);
    checkVariables(app, report);
  }
  checkHosts(all, needs, report);
  checkProxyNamespace(access, cluster, report);
}

/** The longest ending a pod's name gets: `-<hash of the ReplicaSet>-<random>`. */
const POD_ENDING = "-0123456789-01234".length;

function checkName({ name }: App, report: Report): void {
  if (isReservedRelease(name)) {
    report.refuse(["apps", name], name, "a release of the platform itself has this name", "choose another name");
  }
  const longest = Math.min(LONGEST_RELEASE_NAME, LONGEST_LABEL - POD_ENDING);
  if (labelFault(name) === undefined && name.length > longest) {
    const rule = `an application's name may have at most ${longest} characters, so that its pods' names fit into ${LONGEST_LABEL}`;
    report.refuse(["apps", name], name, rule, "choose a shorter name");
  }
}

/** All settings of a container together: they are passed on at once when it starts, and stand in the Deployment. */
const MOST_SETTINGS = { bytes: 64 * 2 ** 10, text: "64Ki" };

function checkVariables({ name, env, secrets }: App, report: Report): void {
  const path = ["apps", name, "env"];
  for (const [variable] of Object.entries(env).filter(([key, value]) => isSecretSetting(key, value))) {
    const cure = `move it to secrets: { ${variable}: { secret: "${name}", key: "..." } }`;
    const rule = "it is or holds a secret, and settings stand in manifests for everybody to read";
    report.refuse([...path, variable], variable, rule, cure);
  }
  for (const variable of Object.keys(env).filter((key) => Object.hasOwn(secrets, key))) {
    const rule = "the same variable comes from a secret too";
    report.refuse([...path, variable], variable, rule, "remove one of the two");
  }
  const bytes = Object.entries(env).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  if (bytes > MOST_SETTINGS.bytes) {
    const rule = `an application's settings may have at most ${MOST_SETTINGS.text} bytes together`;
    report.refuse(path, `${bytes} bytes`, rule, "put the text into the image, or let the application fetch it");
  }
}

function checkHosts(apps: readonly App[], { network, ...needs }: AppsCheckNeeds, report: Report): void {
  const taken = takenHosts(needs);
  for (const { name, hostName } of apps) {
    if (hostName === undefined) continue;
    const path = ["apps", name, "host"];
    const other = taken.get(hostName);
    const host = hostName.slice(0, -network.domain.length - 1);
    if (other !== undefined) {
      const cure = "give each application a host of its own";
      report.refuse(path, host, `${other} answers under ${hostName} already`, cure);
    }
    const fault = domainFault(hostName);
    if (fault !== undefined)
      report.refuse(path, host, `with the environment's domain, ${fault}`, "choose a shorter host");
    taken.set(hostName, other ?? `application ${name}`);
  }
}

/** Where the proxy of the gateway runs, traffic to every application begins; nobody else shares that place. */
function checkProxyNamespace({ namespaces }: Access, { cluster }: ClusterModel, report: Report): void {
  const proxy = cluster?.gateway.proxyNamespace;
  if (proxy === undefined || isReservedNamespace(proxy) || !namespaces.some(({ name }) => name === proxy)) return;
  const rule = "the gateway's proxy runs there, and may reach every application";
  report.refuse(["access", "namespaces", proxy], proxy, rule, "choose another name");
}
