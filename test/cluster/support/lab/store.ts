import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../../testbed/machines/machine";
import { minio, minioClient } from "../../../testbed/machines/minio";
import { siteFiles } from "../../../testbed/machines/site";
import type { Lab } from "./lab";
import type { StoreProps } from "./store-environment";

/** Consumers of the store, each with the key that the operator chose for it; one with a sign that JSON writes otherwise. */
export const storeKeys = () => ({
  backups: { "access-key": "backups-key", "secret-key": "canary-of-the-backups-key" },
  images: { "access-key": "images&key", "secret-key": "canary-of-the-images-key" },
});

/** Puts everything on a machine that its operator puts there before the store: programs, certificate, keys. */
export async function furnishStore(lab: Lab, machine: Machine): Promise<StoreProps> {
  const [server, client] = await Promise.all([minio, minioClient].map((program) => program.folder(() => {})));
  const programs = { server: join(server ?? "", "minio"), client: join(client ?? "", "mc") };
  await machine.copy(programs.server, "/opt/bastide/minio");
  await machine.copy(programs.client, "/opt/bastide/mc");
  const authority = await lab.authority();
  const { certificate, key } = await authority.issue("s3-1.lab.example", machine.address);
  await lab.placeSecret(machine, "s3-tls", { "tls.crt": certificate, "tls.key": key });
  await lab.placeSecret(machine, "store-root", { user: "root-of-the-store", password: "canary-of-the-root" });
  for (const [bucket, values] of Object.entries(storeKeys())) await lab.placeSecret(machine, `store-${bucket}`, values);
  return {
    machine,
    keyFile: siteFiles(lab.testbed.folder).key,
    authority: authority.pem,
    digests: { server: sha256(programs.server), client: sha256(programs.client) },
  };
}

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
