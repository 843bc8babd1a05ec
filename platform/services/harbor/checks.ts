import { checkCertificate } from "../../shared/certificate";
import type { Removal } from "../../shared/domain";
import { checkDownload } from "../../shared/download";
import { unknownKey } from "../../shared/keys";
import type { Report } from "../../shared/problems";
import { checkWaiver } from "../../shared/waiver";
import type { S3StoreService } from "../s3-store/resolve";
import type { HarborService } from "./resolve";

/** What its rules look at besides the service itself. */
export interface HarborSurroundings {
  readonly removal: Removal;
  readonly today: string | undefined;
  readonly stores: readonly S3StoreService[];
}

export function checkHarbor(
  service: HarborService,
  report: Report,
  { removal, today, stores }: HarborSurroundings,
): void {
  const { name, url, secure, installer, compose, certificate } = service;
  const path = ["services", name];
  checkDownload(installer, [...path, "installer"], report);
  checkDownload(compose, [...path, "compose"], report);
  checkCertificate(certificate, [...path, "certificate"], report);
  // An environment whose things are kept is one that people work with.
  if (!secure && removal === "keep") {
    const rule = "passwords and images would cross the network in the clear";
    report.refuse([...path, "url"], url, rule, "write https://, and name a certificate");
  }
  if (secure && certificate === undefined) {
    const rule = "an https address needs a certificate";
    report.refuse([...path, "certificate"], undefined, rule, "name its chain, and the secret with its key");
  }
  if (service.storage.kind === "s3") checkBucket(service.storage, [...path, "storage"], report, stores);
  checkBackup(service, report, today, stores);
  checkRobots(service, report);
}

/** A bucket of a store of this environment. */
interface Place {
  readonly service: string;
  readonly bucket: string;
}

function checkBucket(place: Place, path: readonly string[], report: Report, stores: readonly S3StoreService[]): void {
  const names = stores.map((store) => store.name);
  if (unknownKey(report, [...path, "service"], place.service, "service of kind s3-store", names)) return;
  const buckets = stores.find((store) => store.name === place.service)?.buckets.map((bucket) => bucket.name) ?? [];
  unknownKey(report, [...path, "bucket"], place.bucket, "bucket", buckets);
}

function checkBackup(
  { name, backup, storage }: HarborService,
  report: Report,
  today: string | undefined,
  stores: readonly S3StoreService[],
): void {
  const path = ["services", name, "backup"];
  if (backup.kind === "none") {
    checkWaiver(backup.waiver, today, [...path, "waiver"], report);
    return;
  }
  checkBucket(backup, path, report, stores);
  if (storage.kind === "s3" && storage.service === backup.service && storage.bucket === backup.bucket) {
    const rule = "images lie there, and whoever may remove those may remove backups with them";
    report.refuse([...path, "bucket"], backup.bucket, rule, "name a bucket of its own, best one with a lock");
  }
}

function checkRobots({ name, projects, robots }: HarborService, report: Report): void {
  const known = projects.map((project) => project.name);
  for (const robot of robots) {
    unknownKey(report, ["services", name, "robots", robot.name, "project"], robot.project, "project", known);
  }
  for (const [index, robot] of robots.entries()) {
    if (robot.may !== "pull") continue;
    const other = robots.slice(0, index).find((one) => one.project === robot.project && one.may === "pull");
    if (other) {
      const cure = "remove one of the two";
      const path = ["services", name, "robots", robot.name];
      report.refuse(path, robot.name, `robot ${other.name} pulls from project ${robot.project} already`, cure);
    }
  }
}
