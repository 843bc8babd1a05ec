import type { Access } from "../access";
import type { ClusterModel } from "../cluster";
import type { Network } from "../network";
import { unknownKey } from "../shared/keys";
import { LONGEST_LABEL, labelFault } from "../shared/names";
import type { Report } from "../shared/problems";
import { ByteSize, Cpu } from "../shared/quantities";
import { LONGEST_RELEASE_NAME } from "../shared/release";
import { isReservedRelease } from "../shared/release-names";
import type { App, Apps } from "./resolve";

export interface AppsCheckNeeds {
  readonly access: Access;
  readonly cluster: ClusterModel;
  readonly network: Network;
}

export function checkApps({ all }: Apps, report: Report, { access, cluster, network }: AppsCheckNeeds): void {
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
    }
    if (app.footprint.placement.pool !== undefined && cluster.cluster) {
      unknownKey(report, [...path, "pool"], app.footprint.placement.pool, "node pool", cluster.cluster.pools);
    }
    if (app.image.insteadOf) {
      unknownKey(
        report,
        [...path, "image", "own"],
        app.image.own ?? "",
        "folder with a Dockerfile below apps/",
        app.image.insteadOf,
      );
    }
    checkName(app, report);
    checkLimits(app, report);
    checkVariables(app, report);
  }
  checkHosts(all, network, report);
  checkQuotas(all, access, report);
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

function checkLimits({ name, footprint }: App, report: Report): void {
  const { requests, limits } = footprint.resources;
  const path = ["apps", name, "resources"];
  if (limits.cpu.millicores < requests.cpu.millicores) {
    report.refuse(
      [...path, "cpuLimit"],
      limits.cpu,
      `it is less than cpu (${requests.cpu})`,
      "raise it or leave it out",
    );
  }
  if (limits.memory.bytes < requests.memory.bytes) {
    const cure = "raise it or leave it out";
    report.refuse([...path, "memoryLimit"], limits.memory, `it is less than memory (${requests.memory})`, cure);
  }
}

/** Endings of variables that hold secrets. `TOKEN_FILE` and `TOKEN_TTL` are none. */
const SECRET_VARIABLE = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/;

function checkVariables({ name, env, secrets }: App, report: Report): void {
  for (const [variable, value] of Object.entries(env).filter(([key]) => SECRET_VARIABLE.test(key))) {
    const cure = `move it to secrets: { ${variable}: { secret: "${name}", key: "..." } }`;
    report.refuse(["apps", name, "env", variable], value, "settings stand in manifests for everybody to read", cure);
  }
  for (const variable of Object.keys(env).filter((key) => key in secrets)) {
    const rule = "the same variable comes from a secret too";
    report.refuse(["apps", name, "env", variable], variable, rule, "remove one of the two");
  }
}

function checkHosts(apps: readonly App[], network: Network, report: Report): void {
  const taken = new Map<string, string>();
  for (const { name, hostName } of apps) {
    if (hostName === undefined) continue;
    const other = taken.get(hostName);
    const host = hostName.slice(0, -network.domain.length - 1);
    if (other !== undefined) {
      const cure = "give each application a host of its own";
      report.refuse(["apps", name, "host"], host, `application ${other} answers under ${hostName} already`, cure);
    }
    taken.set(hostName, other ?? name);
  }
}

/** A quota must hold every application of its namespace at once, with one of them being updated. */
function checkQuotas(apps: readonly App[], access: Access, report: Report): void {
  for (const { name, quota } of access.namespaces) {
    const footprints = apps.filter(({ namespace }) => namespace === name).map(({ footprint }) => footprint);
    const counts = footprints.map(({ replicas, surge }) => (replicas === "one-per-node" ? 0 : replicas + surge));
    const pods = counts.reduce((sum, count) => sum + count, 0);
    const sum = footprints.reduce(
      ({ cpu, memory }, { resources }, index) => ({
        cpu: cpu.plus(resources.requests.cpu.times(counts[index] ?? 0)),
        memory: memory.plus(resources.requests.memory.times(counts[index] ?? 0)),
      }),
      { cpu: Cpu.zero, memory: ByteSize.zero },
    );
    const path = ["access", "namespaces", name, "quota"];
    const rule = (asked: unknown) => `its applications ask for ${asked} while they are updated`;
    if (sum.cpu.millicores > quota.cpu.millicores) {
      report.refuse([...path, "cpu"], quota.cpu, rule(sum.cpu), "raise the quota or ask for less");
    }
    if (sum.memory.bytes > quota.memory.bytes) {
      report.refuse([...path, "memory"], quota.memory, rule(sum.memory), "raise the quota or ask for less");
    }
    if (pods > quota.pods)
      report.refuse([...path, "pods"], quota.pods, rule(`${pods} pods`), "raise the quota or ask for less");
  }
}
