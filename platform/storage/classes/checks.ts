import type { Cluster, ClusterModel } from "../../cluster";
import { checkReach, nodeCallers, type Services } from "../../services";
import { unknownKey } from "../../shared/keys";
import type { Report } from "../../shared/problems";
import type { Ceph } from "../ceph/resolve";
import type { EbsClass, NfsClass, StorageClass } from "./resolve";

export interface ClassesNeeds {
  readonly cluster: ClusterModel;
  readonly ceph: Ceph | undefined;
  readonly services: Services;
}

export function checkClasses(classes: readonly StorageClass[], needs: ClassesNeeds, report: Report): void {
  if (classes.length === 0) return;
  if (needs.cluster.cluster === undefined) {
    const rule = "a storage class belongs to a cluster, and this environment has none";
    report.refuse(
      ["storage", "classes"],
      classes.map(({ name }) => name),
      rule,
      "describe cluster, or remove them",
    );
    return;
  }
  checkDefault(classes, report);
  for (const one of classes) checkTarget(one, needs, report);
}

/** A claim that names no class takes the default one: with none it waits for ever, with two nobody can tell which it gets. */
function checkDefault(classes: readonly StorageClass[], report: Report): void {
  const defaults = classes.filter((one) => one.default).map(({ name }) => name);
  if (defaults.length === 0) {
    const rule = "a claim that names no class would wait for ever";
    report.refuse(
      ["storage", "classes"],
      classes.map(({ name }) => name),
      rule,
      "write default: true at one of them",
    );
  }
  for (const name of defaults.slice(1)) {
    const rule = `${defaults[0]} is the default class already`;
    report.refuse(["storage", "classes", name, "default"], true, rule, "keep it at one of the two");
  }
}

/** Since Kubernetes 1.30 it is no default class any more, but still there. Source: EKS user guide, "Kubernetes 1.30". */
const EKS_CLASS = "gp2";

/** What a class takes its volumes from exists. */
function checkTarget(one: StorageClass, { cluster: { cluster }, ceph, services }: ClassesNeeds, report: Report): void {
  const path = ["storage", "classes", one.name];
  switch (one.kind) {
    case "ceph-block":
      unknownKey(report, [...path, "pool"], one.pool, "pool in storage.ceph.pools", names(ceph?.pools));
      break;
    case "ceph-files":
      unknownKey(
        report,
        [...path, "filesystem"],
        one.filesystem,
        "file system in storage.ceph.filesystems",
        names(ceph?.filesystems),
      );
      break;
    case "nfs":
      checkExport(one, { cluster, services }, report);
      break;
    case "ebs":
    case "efs":
      if (cluster?.distribution !== "eks") {
        const rule = `volumes of AWS are made by EKS, and the cluster is of distribution ${cluster?.distribution}`;
        report.refuse([...path, "kind"], one.kind, rule, "use kind ceph-block, ceph-files or nfs");
      }
      if (one.name === EKS_CLASS) {
        const rule = "EKS makes a class of that name in each cluster, and Helm refuses to install over it";
        report.refuse(path, one.name, rule, "choose another name, like gp3");
      }
      if (one.kind === "ebs") checkThroughput(one, report);
      break;
  }
}

/** MiB a second that a gp3 volume may have for each of its operations a second. Source: EBS user guide, "General Purpose SSD volumes". */
const THROUGHPUT_PER_OPERATION = 0.25;

function checkThroughput({ name, iops, throughput }: EbsClass, report: Report): void {
  const most = Math.floor(iops * THROUGHPUT_PER_OPERATION);
  if (throughput <= most) return;
  const rule = `of a volume with ${iops} operations a second EBS takes ${most} at most, and makes none otherwise`;
  const cure = `use ${most}, or iops: ${throughput / THROUGHPUT_PER_OPERATION}`;
  report.refuse(["storage", "classes", name, "throughput"], throughput, rule, cure);
}

interface ExportNeeds {
  readonly cluster: Cluster | undefined;
  readonly services: Services;
}

/** The export exists, lets the nodes in, and lets the provisioner make folders in it. */
function checkExport(
  { name, service, export: key }: NfsClass,
  { cluster, services }: ExportNeeds,
  report: Report,
): void {
  const path = ["storage", "classes", name];
  const servers = services.all.filter((one) => one.kind === "nfs-server");
  if (unknownKey(report, [...path, "service"], service, "service of kind nfs-server", names(servers))) return;
  const exports = servers.find((one) => one.name === service)?.exports ?? [];
  if (unknownKey(report, [...path, "export"], key, `export of service ${service}`, names(exports))) return;
  const found = exports.find((one) => one.name === key);
  const clients = ["services", service, "exports", key, "clients"];
  checkReach(clients, found?.clients ?? [], nodeCallers(cluster), `mount volumes of class ${name}`, report);
  if (found?.readOnly) {
    const rule = "the export is read-only, and a volume would be too";
    report.refuse([...path, "export"], key, rule, `set readOnly: false at services.${service}.exports.${key}`);
  }
  if (found?.rootSquash) {
    const rule = "the provisioner makes a folder for each volume as root, and root is nobody there";
    report.refuse([...path, "export"], key, rule, `set rootSquash: false at services.${service}.exports.${key}`);
  }
}

function names(list: readonly { readonly name: string }[] | undefined): string[] {
  return (list ?? []).map(({ name }) => name);
}
