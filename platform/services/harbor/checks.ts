import { checkCertificate } from "../../shared/certificate";
import type { Removal } from "../../shared/domain";
import { checkDownload } from "../../shared/download";
import { unknownKey } from "../../shared/keys";
import type { Report } from "../../shared/problems";
import { checkWaiver } from "../../shared/waiver";
import { callersOf, checkReach } from "../reach";
import type { S3StoreService } from "../s3-store/resolve";
import type { HarborService } from "./resolve";

/** What its rules look at besides the service itself. */
export interface HarborSurroundings {
  readonly removal: Removal;
  readonly today: string | undefined;
  readonly stores: readonly S3StoreService[];
}

/** Where Harbor's proxy listens for whoever comes without TLS: `http.port` of harbor.yml. */
const PLAIN_PORT = 80;

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
  if (secure && service.port === PLAIN_PORT) {
    const rule = `Harbor listens on port ${PLAIN_PORT} for plain HTTP, which it redirects`;
    report.refuse([...path, "url"], url, rule, "use another port, best 443 by leaving it out");
  }
  if (secure && certificate === undefined) {
    const rule = "an https address needs a certificate";
    report.refuse([...path, "certificate"], undefined, rule, "name its chain, and the secret with its key");
  }
  if (service.storage.kind === "s3") checkImageBucket(service.storage, [...path, "storage"], report, stores);
  checkBackup(service, report, today, stores);
  checkStoreReach(service, report, stores);
  checkRobots(service, report);
  checkPasswords(service, report);
}

/** Refuses a store that does not let this Harbor in. */
function checkStoreReach(service: HarborService, report: Report, stores: readonly S3StoreService[]): void {
  const { name, machines, storage, backup } = service;
  for (const [setting, place, purpose] of [
    ["storage", storage, "keeps its images there"],
    ["backup", backup, "keeps its backups there"],
  ] as const) {
    const store = place.kind === "s3" && stores.find((one) => one.name === place.service);
    if (!store) continue;
    const why = `${purpose} (services.${name}.${setting})`;
    checkReach(["services", store.name, "openTo"], store.openTo, callersOf(machines), why, report);
  }
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

/** Harbor alone knows which layers images still need: a store that goes by their age would take them away from under it. */
function checkImageBucket(place: Place, path: string[], report: Report, stores: readonly S3StoreService[]): void {
  checkBucket(place, path, report, stores);
  const bucket = stores.find(({ name }) => name === place.service)?.buckets.find(({ name }) => name === place.bucket);
  const at = ["services", place.service, "buckets", place.bucket];
  if (bucket?.keep !== undefined) {
    const rule = "images lie there, and their layers would be removed by age, whether or not an image needs them";
    report.refuse([...at, "keep"], bucket.keep, rule, `leave it out, or name another bucket in ${path.join(".")}`);
  }
  if (bucket?.lock !== undefined) {
    const rule = "images lie there, and what Harbor removes would go on taking room until its lock opens";
    report.refuse([...at, "lock"], bucket.lock, rule, `leave it out, or name another bucket in ${path.join(".")}`);
  }
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

/** Refuses an account whose password is another one's: whoever is given the one to pull could sign in as the other, and push. */
function checkPasswords({ name, adminPassword, database, robots }: HarborService, report: Report): void {
  const path = ["services", name];
  const accounts = [
    { who: "admin", ref: adminPassword, path },
    { who: "the database's user", ref: database.password, path: [...path, "database", "secret"] },
    ...robots.map((robot) => {
      return { who: `robot ${robot.name}`, ref: robot.token, path: [...path, "robots", robot.name, "secret"] };
    }),
  ];
  for (const [index, { ref, path }] of accounts.entries()) {
    const other = accounts.slice(0, index).find((one) => one.ref.secret === ref.secret && one.ref.key === ref.key);
    if (other === undefined) continue;
    const rule = `that is the password of ${other.who}, and whoever has it may do what both may`;
    report.refuse(path, ref.secret, rule, "give each a secret of its own");
  }
}
