import type { S3StoreService, StoreBucket } from "../../../platform/services";
import type { SecretRef } from "../../../platform/shared/secrets";
import { plainFile, type RoleFile, secretMark } from "../role-document";

export const CLIENT = "/usr/local/bin/mc";

/** Folder of the client's settings; it has the keys in it, and is root's. */
const FOLDER = "/etc/bastide/mc";

/** How the store's administrator, and each consumer, are called in the client's settings. */
export const ADMINISTRATOR = "store";
export function consumerOf({ name }: StoreBucket): string {
  return `of-${name}`;
}

/** The client, asking this store here whatever the name of its certificate resolves to. */
export function client(service: S3StoreService, command: string): string {
  const host = service.endpoint.replace("https://", "");
  return `${CLIENT} --config-dir ${FOLDER} --resolve ${host}=127.0.0.1 ${command}`;
}

/** The client's settings: the administrator, and each consumer with its own key, to try whether that opens its bucket. */
export function clientSettings(service: S3StoreService): RoleFile {
  const { user, password } = service.administrator;
  const consumers = service.buckets.flatMap((bucket) => {
    const { accessKey } = bucket.target;
    return accessKey === undefined ? [] : [[consumerOf(bucket), accessKey.id, accessKey.secret] as const];
  });
  const all = [[ADMINISTRATOR, user, password] as const, ...consumers];
  const alias = (id: SecretRef, secret: SecretRef) => ({
    url: service.endpoint,
    accessKey: secretMark(id),
    secretKey: secretMark(secret),
    api: "S3v4",
    path: "on",
  });
  const settings = {
    version: "10",
    aliases: Object.fromEntries(all.map(([name, id, secret]) => [name, alias(id, secret)])),
  };
  return plainFile(`${FOLDER}/config.json`, `${JSON.stringify(settings, undefined, 2)}\n`, {
    mode: "0600",
    secretRefs: all.flatMap(([, id, secret]) => [id, secret]),
  });
}
