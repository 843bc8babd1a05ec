import { bucketNameFault } from "../../shared/bucket-name";
import { checkCertificate } from "../../shared/certificate";
import { checkDownload } from "../../shared/download";
import type { Report } from "../../shared/problems";
import type { Duration } from "../../shared/quantities";
import { checkWaiver } from "../../shared/waiver";
import type { S3StoreService } from "./resolve";

export function checkS3Store(service: S3StoreService, report: Report, today: string | undefined): void {
  const { name, driver, certificate, buckets } = service;
  const path = ["services", name];
  checkDownload(driver.server, [...path, "driver", "server"], report);
  checkDownload(driver.client, [...path, "driver", "client"], report);
  checkWaiver(driver.waiver, today, [...path, "driver", "waiver"], report);
  checkCertificate(certificate, [...path, "certificate"], report);
  for (const bucket of buckets) {
    const here = [...path, "buckets", bucket.name];
    const fault = bucketNameFault(bucket.name);
    if (fault !== undefined) report.refuse(here, bucket.name, fault, "choose another name, like velero");
    for (const setting of ["lock", "keepVersions", "keep"] as const) {
      const span = bucket[setting];
      if (span !== undefined) checkDays(span, [...here, setting], report);
    }
    if (bucket.lock !== undefined && !bucket.versioning) {
      const cure = "leave versioning out, or remove lock";
      report.refuse([...here, "versioning"], false, "what is locked is kept as a version", cure);
    }
    if (bucket.lock !== undefined && bucket.keep !== undefined && bucket.keep.seconds < bucket.lock.seconds) {
      const rule = `objects are locked for ${bucket.lock}, and cannot be removed before`;
      report.refuse([...here, "keep"], bucket.keep, rule, `use ${bucket.lock} or more`);
    }
  }
}

function checkDays(span: Duration, path: string[], report: Report): void {
  if (span.seconds % 86_400 === 0) return;
  report.refuse(path, span, "a store counts in whole days", "write it in days, like 30d");
}
