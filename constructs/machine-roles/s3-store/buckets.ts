import type { S3StoreService, StoreBucket } from "../../../platform/services";
import type { Duration } from "../../../platform/shared/quantities";
import type { RolePart } from "../compose";
import { plainFile, type RoleCommand } from "../role-document";
import { ADMINISTRATOR, client, clientSettings, consumerOf } from "./client";

/** What everything below is done with. */
export function accounts(service: S3StoreService): RolePart {
  return { files: [clientSettings(service)] };
}

/** A bucket, how long what is in it stays, and the one key that opens it. */
export function bucketPart(service: S3StoreService, bucket: StoreBucket): RolePart {
  const policy = plainFile(
    `/etc/bastide/s3/${bucket.name}.policy.json`,
    `${JSON.stringify(policyOf(bucket), undefined, 2)}\n`,
  );
  const rules = lifecycleOf(bucket);
  const lifecycle = plainFile(`/etc/bastide/s3/${bucket.name}.lifecycle.json`, `${JSON.stringify({ Rules: rules })}\n`);
  return {
    files: [policy, ...(rules.length > 0 ? [lifecycle] : [])],
    commands: [
      presence(service, bucket),
      ...(bucket.versioning ? [versioning(service, bucket)] : []),
      ...(bucket.lock ? [lock(service, bucket, bucket.lock)] : []),
      ...rules.map(({ ID }) => lifecycleRule(service, bucket, ID, lifecycle.path)),
      key(service, bucket, policy.path),
    ],
  };
}

const AFTER = { when: "after-units" } as const;
const place = ({ name }: StoreBucket) => `${ADMINISTRATOR}/${name}`;
const days = ({ seconds }: Duration) => seconds / 86_400;

function presence(service: S3StoreService, bucket: StoreBucket): RoleCommand {
  const option = bucket.lock === undefined ? "" : "--with-lock ";
  return {
    ...AFTER,
    purpose: `make the bucket ${bucket.name}`,
    unless: client(service, `stat ${place(bucket)}`),
    run: client(service, `mb ${option}${place(bucket)}`),
  };
}

function versioning(service: S3StoreService, bucket: StoreBucket): RoleCommand {
  return {
    ...AFTER,
    purpose: `keep earlier versions in ${bucket.name}`,
    unless: `${client(service, `version info --json ${place(bucket)}`)} | grep -q '"status":"Enabled"'`,
    run: client(service, `version enable ${place(bucket)}`),
  };
}

/** Governance: only the store's administrator can open a lock before its time, and no consumer. */
function lock(service: S3StoreService, bucket: StoreBucket, span: Duration): RoleCommand {
  return {
    ...AFTER,
    purpose: `lock what comes into ${bucket.name} for ${span}`,
    unless: `${client(service, `retention info --default --json ${place(bucket)}`)} | grep -q '"mode":"GOVERNANCE","validity":"${days(span)}DAYS"'`,
    run: client(service, `retention set --default GOVERNANCE ${days(span)}d ${place(bucket)}`),
  };
}

interface LifecycleRule {
  /** Names its numbers, so that a store tells by it whether the rule is the wanted one. */
  readonly ID: string;
  readonly [part: string]: unknown;
}

function lifecycleOf({ keep, keepVersions }: StoreBucket): LifecycleRule[] {
  if (keep === undefined && keepVersions === undefined) return [];
  const expiration = keep === undefined ? { ExpiredObjectDeleteMarker: true } : { Days: days(keep) };
  return [
    {
      ID: `bastide-keep-${keep ?? "all"}-versions-${keepVersions ?? "all"}`,
      Status: "Enabled",
      Expiration: expiration,
      ...(keepVersions && { NoncurrentVersionExpiration: { NoncurrentDays: days(keepVersions) } }),
    },
  ];
}

function lifecycleRule(service: S3StoreService, bucket: StoreBucket, id: string, file: string): RoleCommand {
  return {
    ...AFTER,
    purpose: `remove from ${bucket.name} what is kept no longer`,
    unless: `${client(service, `ilm export ${place(bucket)}`)} | grep -q '"ID":"${id}"'`,
    run: `${client(service, `ilm import ${place(bucket)}`)} <${file}`,
  };
}

/**
 * The consumer's key. Whether it is there and right is tried with the key itself, so that a rotated one is noticed. It goes to the
 * client on its standard input, for arguments are seen by every user of the machine.
 */
function key(service: S3StoreService, bucket: StoreBucket, policyFile: string): RoleCommand {
  const { accessKey } = bucket.target;
  const policy = `bastide-${bucket.name}`;
  const value = (entry: string) => `"$(head -n 1 "$secrets/${accessKey?.id.secret}/${entry}")"`;
  return {
    ...AFTER,
    purpose: `give ${bucket.name} its key`,
    unless: `${client(service, `ls ${consumerOf(bucket)}/${bucket.name}`)} &&\n\tcmp -s ${policyFile} "$state/${policy}"`,
    run: [
      client(service, `admin policy create ${ADMINISTRATOR} ${policy} ${policyFile}`),
      `id=${value("access-key")}`,
      `printf '%s\\n%s\\n' "$id" ${value("secret-key")} | ${client(service, `admin user add ${ADMINISTRATOR}`)}`,
      client(service, `admin policy attach ${ADMINISTRATOR} ${policy} --user "$id"`),
      `cp ${policyFile} "$state/${policy}"`,
    ].join("\n"),
  };
}

/** Everything that a consumer does with its own bucket, and nothing that would let it out of its locks. */
function policyOf({ name }: StoreBucket): object {
  const bucket = ["GetBucketLocation", "GetBucketObjectLockConfiguration", "GetBucketVersioning"];
  const lists = ["ListBucket", "ListBucketMultipartUploads", "ListBucketVersions"];
  const objects = [
    "GetObject",
    "GetObjectVersion",
    "GetObjectRetention",
    "PutObject",
    "PutObjectRetention",
    "DeleteObject",
  ];
  const uploads = ["AbortMultipartUpload", "ListMultipartUploadParts"];
  const allow = (actions: string[], resource: string) => {
    return { Effect: "Allow", Action: actions.map((action) => `s3:${action}`), Resource: [`arn:aws:s3:::${resource}`] };
  };
  return {
    Version: "2012-10-17",
    Statement: [allow([...bucket, ...lists], name), allow([...objects, ...uploads], `${name}/*`)],
  };
}
