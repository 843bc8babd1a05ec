import type { Network } from "../../network";
import { bucketNameFault } from "../../shared/bucket-name";
import type { Report } from "../../shared/problems";
import type { Bucket } from "./resolve";

export function checkBuckets(buckets: readonly Bucket[], network: Network, report: Report): void {
  for (const { key, name, purpose, keepVersions } of buckets) {
    const path = ["storage", "buckets", key];
    if (network.kind !== "vpc") {
      report.refuse(path, key, "a bucket lives in AWS, and this environment has no AWS account", "remove it");
      continue;
    }
    const fault = bucketNameFault(name);
    if (fault !== undefined) {
      report.refuse([...path, "name"], name, fault, "choose a shorter key, or name the bucket yourself");
    }
    if (!TAG_VALUE.test(purpose)) {
      const cure = "say it in plain words, without commas or quotes";
      report.refuse(
        [...path, "purpose"],
        purpose,
        "it becomes a tag, of at most 256 letters, digits, spaces and _.:/=+-@",
        cure,
      );
    }
    if (keepVersions.seconds > MOST_KEPT.seconds) {
      const cure = `use ${MOST_KEPT.text} or less`;
      report.refuse([...path, "keepVersions"], keepVersions, "nobody means more than a hundred years", cure);
    }
    if (keepVersions.seconds % 86_400 !== 0) {
      const cure = "write it in days, like 30d";
      report.refuse([...path, "keepVersions"], keepVersions, "S3 expires old versions by whole days", cure);
    }
  }
  checkFormerKeys(buckets, report);
}

function checkFormerKeys(buckets: readonly Bucket[], report: Report): void {
  for (const [index, { key, formerly, ownName }] of buckets.entries()) {
    if (formerly === undefined) continue;
    const path = ["storage", "buckets", key, "formerly"];
    if (buckets.some((other) => other.key === formerly)) {
      report.refuse(path, formerly, "a bucket of that key still exists", "remove the old entry or formerly");
    }
    const other = buckets.slice(0, index).find((earlier) => earlier.formerly === formerly);
    if (other) report.refuse(path, formerly, `bucket ${other.key} was that bucket`, "remove one of the two");
    if (ownName === undefined) {
      const rule = "a bucket's name in AWS never changes, and without name it would follow the new key";
      report.refuse(["storage", "buckets", key, "name"], undefined, rule, "name the bucket as it is called in AWS");
    }
  }
}

/** A hundred years: more is a slip of the pen. */
const MOST_KEPT = { seconds: 36_500 * 86_400, text: "36500d" };

/** What S3 takes as the value of a tag. Source: S3 user guide, "Categorizing your storage using tags". */
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
