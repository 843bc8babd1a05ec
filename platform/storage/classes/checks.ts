import type { ClusterModel } from "../../cluster";
import { unknownKey } from "../../shared/keys";
import type { Report } from "../../shared/problems";
import type { Ceph } from "../ceph/resolve";
import type { StorageClass } from "./resolve";

export interface ClassesNeeds {
  readonly cluster: ClusterModel;
  readonly ceph: Ceph | undefined;
}

export function checkClasses(classes: readonly StorageClass[], { cluster, ceph }: ClassesNeeds, report: Report): void {
  if (classes.length === 0) return;
  if (cluster.cluster === undefined) {
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
  for (const one of classes) checkTarget(one, ceph, report);
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

/** What a class takes its volumes from exists. */
function checkTarget(one: StorageClass, ceph: Ceph | undefined, report: Report): void {
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
  }
}

function names(list: readonly { readonly name: string }[] | undefined): string[] {
  return (list ?? []).map(({ name }) => name);
}
