import type { Access } from "../access";
import type { Apps } from "../apps";
import { takenHosts } from "../apps/hosts";
import type { Machines } from "../machines";
import { checkImage } from "../registry";
import { type Front, frontsBefore, originOf } from "../services";
import type { Cidr } from "../shared/addresses";
import { unknownKey } from "../shared/keys";
import { checkLimits } from "../shared/limits";
import { domainFault } from "../shared/names";
import type { Report } from "../shared/problems";
import type { Callhome, CallhomeModel, CallhomeNeeds } from "./resolve";

export interface CallhomeCheckNeeds extends CallhomeNeeds {
  readonly access: Access;
  readonly machines: Machines;
  readonly apps: Apps;
}

export function checkCallhome({ callhome }: CallhomeModel, report: Report, needs: CallhomeCheckNeeds): void {
  if (callhome === undefined) return;
  const { workload, spec } = callhome;
  const { cluster } = needs.cluster;
  const path = ["callhome"];
  if (cluster === undefined) {
    report.refuse(path, "callhome", "it needs a cluster, and this environment has none", "describe cluster");
    return;
  }
  const namespaces = needs.access.namespaces.map(({ name }) => name);
  unknownKey(report, [...path, "namespace"], spec.namespace, "namespace", namespaces);
  if (spec.pool !== undefined) unknownKey(report, [...path, "pool"], spec.pool, "node pool", cluster.pools);
  checkImage(workload.image, [...path, "image"], report);
  checkLimits(workload.footprint, report);
  checkHost(callhome, report, needs);
  checkDatabase(callhome, report, needs);
  checkReplicas(callhome, report);
  checkProxies(callhome, report);
  checkFronts(callhome, report, needs);
  checkKeep(callhome, report);
  checkProducts(callhome, report);
}

function checkHost({ workload, spec }: Callhome, report: Report, needs: CallhomeCheckNeeds): void {
  const taken = takenHosts(needs);
  for (const { name, hostName } of needs.apps.all) {
    if (hostName !== undefined) taken.set(hostName, `application ${name}`);
  }
  const path = ["callhome", "host"];
  const other = taken.get(workload.hostName);
  if (other !== undefined) {
    const rule = `${other} answers under ${workload.hostName} already`;
    report.refuse(path, spec.host, rule, "give it a host of its own");
  }
  const fault = domainFault(workload.hostName);
  if (fault !== undefined) {
    report.refuse(path, spec.host, `with the environment's domain, ${fault}`, "choose a shorter host");
  }
}

function checkDatabase({ spec, database }: Callhome, report: Report, { databases }: CallhomeCheckNeeds): void {
  const { database: chosen, hashKey } = spec;
  if (typeof chosen !== "string") return;
  const known = databases.all.map(({ key }) => key);
  unknownKey(report, ["callhome", "database"], chosen, "database", known);
  if (database !== undefined && hashKey === undefined) {
    const rule = "every replica, and every later version, must hash names with the same key";
    const cure = 'name an entry of a secret, like { secret: "callhome", key: "hash-key" }';
    report.refuse(["callhome", "hashKey"], undefined, rule, cure);
  }
}

function checkReplicas({ spec: { replicas, database } }: Callhome, report: Report): void {
  const { least, most } = replicas;
  if (least > most) {
    const rule = `it is more than may run at most (${most})`;
    report.refuse(["callhome", "replicas", "least"], least, rule, `use least: ${most} or most: ${least}`);
  }
  if (typeof database === "object" && most > 1) {
    const rule = "an embedded database belongs to one replica alone";
    report.refuse(["callhome", "replicas", "most"], most, rule, "use 1, or keep calls in one of databases");
  }
}

/** A larger block is a slip of the pen: nobody has that many proxies. */
const WIDEST_PROXIES = 8;

function checkProxies({ spec: { trustProxy = [] } }: Callhome, report: Report): void {
  for (const [place, block] of trustProxy.entries()) {
    if (block.prefix >= WIDEST_PROXIES) continue;
    const rule = "whoever connects from there could claim any address, and with it any country and any limit";
    report.refuse(
      ["callhome", "trustProxy", place],
      block,
      rule,
      "name the proxies' own addresses, like 10.10.1.11/32",
    );
  }
}

/** Whoever stands between and does not say for whom it speaks makes all clients one: with one limit, in one country. */
function checkFronts({ spec: { trustProxy } }: Callhome, report: Report, needs: CallhomeCheckNeeds): void {
  const { cluster } = needs.cluster;
  if (cluster?.podBlocks.length === 0 && trustProxy === undefined) {
    const rule = "the gateway's proxy is not believed about its clients, and Callhome takes it for all of them";
    report.warn(["cluster", "podBlock"], undefined, rule, "name the addresses of the cluster's pods");
  }
  for (const front of frontsBefore(cluster, needs.services)) checkFront(front, trustProxy ?? [], report, needs);
}

function checkFront(front: Front, trusted: readonly Cidr[], report: Report, { network }: CallhomeCheckNeeds): void {
  const { name, ingress } = front;
  if (ingress.mode === "tcp") {
    const rule = "Callhome limits calls and counts countries by it, and takes the load balancer for every client";
    const path = ["services", name, "ingress", "clientAddress"];
    // Without it, the mode is refused.
    if (ingress.clientAddress) report.warn(path, ingress.clientAddress, rule, "use mode proxy-protocol or http");
  }
  const [unknown] = ingress.mode === "http" ? originOf(front).unknown : [];
  if (unknown === undefined || trusted.some((one) => network.blocks.some((block) => block.overlaps(one)))) return;
  const rule = `AWS chooses the address of ${unknown}, by which ${name} tells whom it speaks for, and nobody knows it before`;
  const cure = `give machines.${unknown} an address, or name its subnet here`;
  report.refuse(["callhome", "trustProxy"], trusted.length === 0 ? undefined : trusted, rule, cure);
}

function checkKeep({ spec: { keep } }: Callhome, report: Report): void {
  if (keep.optional <= keep.contractual) return;
  const rule = `a call's optional part cannot be kept longer than the call (${keep.contractual} months)`;
  report.refuse(["callhome", "keep", "optional"], keep.optional, rule, `use ${keep.contractual} or less`);
}

/** An HTTPRoute's rule takes this many matches. Source: Gateway API, HTTPRouteRule. */
const MOST_MATCHES = 64;

function checkProducts({ spec: { products }, workload }: Callhome, report: Report): void {
  for (const [place, { name }] of products.entries()) {
    if (products.findIndex((other) => other.name === name) < place) {
      const cure = "describe each product once";
      report.refuse(["callhome", "products", place, "name"], name, "the product is described already", cure);
    }
  }
  const matches = workload.openPaths?.length ?? 0;
  if (matches > MOST_MATCHES) {
    const rule = `a route takes ${MOST_MATCHES} of them together with the service's own`;
    report.refuse(["callhome", "products"], `${matches} paths`, rule, "use clean paths with fields, which count once");
  }
}
