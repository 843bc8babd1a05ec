import type { S3StoreService, StoreBucket } from "../../../platform/services";
import type { Duration } from "../../../platform/shared/quantities";
import type { RolePart } from "../compose";
import { plainFile, type RoleCommand } from "../role-document";
import { ADMINISTRATOR, client, clientSettings, consumerOf } from "./client";
import { ownKeys } from "./own-keys";

/** What everything below is done with, and who may come in no more. */
export function accounts(service: S3StoreService): RolePart {
  return { files: [clientSettings(service)], commands: [ownKeys(service), withoutFormerKeys(service)] };
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
      versioning(service, bucket),
      ...(bucket.lock ? [lock(service, bucket, bucket.lock)] : []),
      ...rules.map(({ ID }) => lifecycleRule(service, bucket, ID, lifecycle.path)),
      ...(rules.length === 0 ? [noLifecycle(service, bucket)] : []),
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
  const told = client(service, `version info --json ${place(bucket)}`);
  const kept = '"status":"Enabled"';
  if (bucket.versioning) {
    const run = client(service, `version enable ${place(bucket)}`);
    return { ...AFTER, purpose: `keep earlier versions in ${bucket.name}`, unless: `${told} | grep -q '${kept}'`, run };
  }
  const run = client(service, `version suspend ${place(bucket)}`);
  const unless = answers(told, { without: kept });
  return { ...AFTER, purpose: `keep no earlier versions in ${bucket.name}`, unless, run };
}

/**
 * A shell condition: the store answered, and this is not in its answer. A bucket, or a rule of it, that does not exist is an answer too; a store
 * that cannot be asked is none, and nothing follows from it.
 */
function answers(command: string, { without }: { readonly without: string }): string {
  return [
    `case $(${command}) in`,
    `*'${without}'*) false ;;`,
    `*'"status":"success"'* | *'"Code":"NoSuch'*) ;;`,
    "*) false ;;",
    "esac",
  ].join("\n");
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

/** A rule that is no longer described would go on removing. */
function noLifecycle(service: S3StoreService, bucket: StoreBucket): RoleCommand {
  return {
    ...AFTER,
    purpose: `remove nothing from ${bucket.name} any more`,
    unless: answers(client(service, `ilm export --json ${place(bucket)}`), { without: '"ID":"bastide-' }),
    run: client(service, `ilm rule remove --all --force ${place(bucket)}`),
  };
}

/**
 * The consumer's key. Whether it is there and right is tried with the key itself, so that a rotated one is noticed. It goes to the
 * client on its standard input, for arguments are seen by every user of the machine. Its name is no secret, and is kept: a key of another name
 * is another user of the store, and the one before would open the bucket for ever. It is written down before there is such a user, and those
 * before it are forgotten once they are gone, so that an application that ends in between leaves none behind.
 */
function key(service: S3StoreService, bucket: StoreBucket, policyFile: string): RoleCommand {
  const { accessKey } = bucket.target;
  const policy = policyName(bucket.name);
  const names = `"$state/${policy}.key"`;
  const value = (entry: string) => `"$(head -n 1 "$secrets/${accessKey?.id.secret}/${entry}")"`;
  return {
    ...AFTER,
    purpose: `give ${bucket.name} its key`,
    unless: [
      `${client(service, `ls ${consumerOf(bucket)}/${bucket.name}`)} &&`,
      `\t[ "$(cat ${names})" = ${value("access-key")} ] && cmp -s ${policyFile} "$state/${policy}"`,
    ].join("\n"),
    run: [
      client(service, `admin policy create ${ADMINISTRATOR} ${policy} ${policyFile}`),
      `wanted=${value("access-key")}`,
      `printf '%s\\n' "$wanted" >>${names}`,
      `printf '%s\\n%s\\n' "$wanted" ${value("secret-key")} | ${client(service, `admin user add ${ADMINISTRATOR}`)}`,
      client(service, `admin policy attach ${ADMINISTRATOR} ${policy} --user "$wanted"`),
      ...removal(service, names, { except: '"$wanted"' }),
      `printf '%s\\n' "$wanted" >${names}`,
      `cp ${policyFile} "$state/${policy}"`,
    ].join("\n"),
  };
}

/**
 * A bucket that is taken out of the environment stays as it is, for nothing here ever removes data. But its key opens it no more: nobody would
 * ever rotate it again. Before the keys of the others, so that one who has the same name for two of them gets it back.
 */
function withoutFormerKeys(service: S3StoreService): RoleCommand {
  const others = service.buckets.map(({ name }) => ` ! -name ${policyName(name)}.key`).join("");
  const formers = `find "$state" -maxdepth 1 -name '${policyName("*")}.key'${others}`;
  return {
    ...AFTER,
    purpose: "close the store to the keys of buckets that are described no more",
    unless: `[ -z "$(${formers})" ]`,
    run: [
      `${formers} | while read -r names; do`,
      '\tpolicy=$(basename "$names" .key)',
      ...removal(service, '"$names"').map((line) => `\t${line}`),
      // Of a policy that it does not have, the store says that it is gone.
      `\t${client(service, `admin policy remove ${ADMINISTRATOR} "$policy"`)}`,
      '\trm -f "$state/$policy" "$names"',
      "done",
    ].join("\n"),
  };
}

/**
 * Takes away the users whose names are in a file, one in a line, as far as the store has them. That is read off the list of all its users: the
 * store gives it once it has read them, while one that is just starting says of each that there is no such user. A store that gives no list ends
 * the application.
 */
function removal(service: S3StoreService, names: string, { except }: { readonly except?: string } = {}): string[] {
  return [
    "while IFS= read -r id; do",
    ...(except === undefined ? [] : [`\t[ "$id" != ${except} ] || continue`]),
    `\tusers=$(${client(service, `admin user list --json ${ADMINISTRATOR}`)})`,
    // As the client writes it in JSON. A quote or a backslash would have spoilt its own settings before.
    `\tname=$(printf '%s' "$id" | sed 's/&/\\\\u0026/g; s/</\\\\u003c/g; s/>/\\\\u003e/g')`,
    `\tcase $users in *'"accessKey":"'"$name"'"'*) ${client(service, `admin user remove ${ADMINISTRATOR} "$id"`)} ;; esac`,
    `done <${names}`,
  ];
}

/** Of a bucket's policy in the store, and of what the machine remembers of it. */
function policyName(bucket: string): string {
  return `bastide-${bucket}`;
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
