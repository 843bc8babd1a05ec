import type { S3StoreService } from "../../../platform/services";
import type { RoleCommand } from "../role-document";

/**
 * Refuses one access key for two buckets, before the store is told anything: it would open both, and rotated for one, close the other. Only the
 * machine can tell, for the environment knows secrets by their names.
 */
export function ownKeys(service: S3StoreService): RoleCommand {
  const refs = [service.administrator.user, ...service.buckets.flatMap(({ target }) => target.accessKey?.id ?? [])];
  const files = refs.map(({ secret, key }) => `${secret}/${key}`).join(" ");
  // A file need not end its only line.
  const shared = `for file in ${files}; do printf '%s\\n' "$(head -n 1 "$secrets/$file")"; done | sort | uniq -d`;
  return {
    purpose: "let each bucket have an access key of its own",
    unless: `[ -z "$(${shared})" ]`,
    run: `shared=$(${shared} | head -n 1)
echo "$(cd "$secrets" && grep -lFx -e "$shared" ${files} | tr '\\n' ' ')have one access key: give each a key of its own"
false`,
  };
}
