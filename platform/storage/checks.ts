import type { Report } from "../shared/problems";
import { checkBuckets } from "./buckets/checks";
import { checkCeph } from "./ceph/checks";
import { checkDevices } from "./ceph/device-checks";
import { checkClasses } from "./classes/checks";
import type { Storage, StorageNeeds } from "./resolve";

export function checkStorage({ buckets, ceph, classes }: Storage, report: Report, needs: StorageNeeds): void {
  checkBuckets(buckets, needs.network, report);
  checkCeph(ceph, needs, report);
  checkDevices(ceph, { classes, cluster: needs.cluster.cluster }, report);
  checkClasses(classes, { ...needs, ceph }, report);
}
