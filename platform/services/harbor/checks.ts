import { checkCertificate } from "../../shared/certificate";
import type { Removal } from "../../shared/domain";
import { checkDownload } from "../../shared/download";
import { unknownKey } from "../../shared/keys";
import type { Report } from "../../shared/problems";
import type { S3StoreService } from "../s3-store/resolve";
import type { HarborService } from "./resolve";

export function checkHarbor(
  service: HarborService,
  report: Report,
  removal: Removal,
  stores: readonly S3StoreService[],
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
  checkStorage(service, report, stores);
  checkRobots(service, report);
}

function checkStorage({ name, storage }: HarborService, report: Report, stores: readonly S3StoreService[]): void {
  if (storage.kind !== "s3") return;
  const path = ["services", name, "storage"];
  const names = stores.map((store) => store.name);
  if (unknownKey(report, [...path, "service"], storage.service, "service of kind s3-store", names)) return;
  const buckets = stores.find((store) => store.name === storage.service)?.buckets.map((bucket) => bucket.name) ?? [];
  unknownKey(report, [...path, "bucket"], storage.bucket, "bucket", buckets);
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
