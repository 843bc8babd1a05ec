import type { HarborService } from "../../../platform/services";
import type { S3Target } from "../../../platform/shared/s3-target";
import type { RolePart } from "../compose";
import { endOf, plainFile, secretMark } from "../role-document";
import { DATA } from "./configuration";

export const BACKUP_PROGRAM = "/usr/local/sbin/bastide-harbor-backup";
const RESTORE_PROGRAM = "/usr/local/sbin/bastide-harbor-restore";
const CLIENT = "/etc/harbor/backup.curl";
const TIMER = "/etc/systemd/system/harbor-backup.timer";
/** Where Debian's node exporter looks for what others measured. */
const METRIC = "/var/lib/prometheus/node-exporter/bastide_harbor_backup.prom";

/**
 * Every day: the database, which says who may do what and which layers make an image, and the keys, without which nobody reads the
 * passwords in it. An own database elsewhere is backed up there. Layers lie in a bucket, or are not in it: they can be pushed again.
 */
export function backup(service: HarborService, bucket: S3Target | undefined, folder: string): RolePart {
  if (service.backup.kind === "none" || bucket?.accessKey === undefined) return {};
  const { id, secret } = bucket.accessKey;
  const own = service.database.kind === "built-in";
  const place = `${bucket.endpoint}/${bucket.bucket}`;
  const programs = [
    plainFile(BACKUP_PROGRAM, backupProgram(service.name, place, own), { mode: "0755" }),
    plainFile(RESTORE_PROGRAM, restoreProgram(place, own, folder), { mode: "0755" }),
  ];
  return {
    packages: ["curl"],
    files: [
      plainFile(
        CLIENT,
        `user = "${secretMark(id)}:${secretMark(secret)}"\naws-sigv4 = "aws:amz:${bucket.region}:s3"\nfail\nsilent\nshow-error\n`,
        { mode: "0600", secretRefs: [id, secret] },
      ),
      ...programs,
      plainFile("/etc/systemd/system/harbor-backup.service", BACKUP_UNIT),
      plainFile(TIMER, timer(service.backup.at)),
    ],
    units: [{ name: "harbor-backup.timer", onChange: "restart", watches: [TIMER] }],
    commands: [
      {
        when: "after-units",
        purpose: "make the first backup, so that one that cannot work is known at once",
        unless: `grep -qs '${labelsOf(service.name)} [1-9]' ${METRIC}`,
        run: BACKUP_PROGRAM,
      },
    ],
    health: [
      {
        purpose: "Harbor was backed up within two days",
        check: `[ "$(($(date +%s) - $(sed 's/.* //' ${METRIC})))" -lt ${2 * 86_400} ]`,
      },
    ],
    uninstall: [
      endOf("harbor-backup.timer"),
      // What it told last would be told for ever, and be late.
      { ends: "metric of the backup of Harbor", run: `rm -f ${METRIC}` },
    ],
  };
}

/** Which backup it is. Prometheus has a use of its own for `service` and `job`. */
const labelsOf = (service: string): string => `{backup="harbor",name="${service}"}`;

const HEAD = `#!/bin/sh
# Written by Bastide; a change made here is undone by the next application.
set -eu
umask 077
data=\${BASTIDE_HARBOR_DATA:-${DATA}}
client=\${BASTIDE_HARBOR_CLIENT:-${CLIENT}}
folder=$(mktemp -d "$data/backup.XXXXXX")
trap 'rm -rf "$folder"' EXIT
`;

function backupProgram(service: string, place: string, ownDatabase: boolean): string {
  const dump = `docker exec harbor-db pg_dump --username=postgres --format=custom registry >"$folder/database"
# What cannot be read is no backup.
docker exec --interactive harbor-db pg_restore --list <"$folder/database" >/dev/null
`;
  return `${HEAD}# Copies what cannot be made again to ${place}.
metric=\${BASTIDE_HARBOR_METRIC:-${METRIC}}
measured() { # seconds since 1970
	[ -d "$(dirname "$metric")" ] || install -d -m 0755 "$(dirname "$metric")"
	printf 'bastide_backup_last_success_timestamp_seconds${labelsOf(service)} %s\\n' "$1" >"$folder/metric"
	chmod 0644 "$folder/metric"
	mv "$folder/metric" "$metric"
}
# One that never succeeds is told from one that nobody measures.
[ -e "$metric" ] || measured 0
name=harbor-$(date -u +%Y-%m-%dT%H-%M-%SZ).tar
${ownDatabase ? dump : ""}cp -a "$data/secret" "$folder/secret"
tar -C "$folder" -cf "$folder/archive" ${ownDatabase ? "database secret" : "secret"}
curl --config "$client" --upload-file "$folder/archive" "${place}/$name"
# It is there only if it comes back the same.
curl --config "$client" --output "$folder/again" "${place}/$name"
cmp "$folder/archive" "$folder/again"
measured "$(date +%s)"
echo "$name"
`;
}

function restoreProgram(place: string, ownDatabase: boolean, installed: string): string {
  const database = `cd ${installed}
docker compose --project-name harbor --file docker-compose.yml up --detach --wait postgresql
docker exec harbor-db dropdb --username=postgres --if-exists --force registry
docker exec harbor-db createdb --username=postgres registry
docker exec --interactive harbor-db pg_restore --username=postgres --dbname=registry --exit-on-error <"$folder/database"
`;
  return `${HEAD}# Brings back what ${BACKUP_PROGRAM} copied, over what is there.
name=\${1:?usage: $0 harbor-YYYY-MM-DDTHH-MM-SSZ.tar}
curl --config "$client" --output "$folder/archive" "${place}/$name"
tar -C "$folder" -xf "$folder/archive"
systemctl stop harbor.service
rm -rf "$data/secret"
cp -a "$folder/secret" "$data/secret"
${ownDatabase ? database : ""}# Its files hold the keys that were there before.
rm -f /var/lib/bastide/harbor/prepared
systemctl start harbor.service
echo "restored $name"
`;
}

const BACKUP_UNIT = `# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Backup of Harbor
After=harbor.service

[Service]
Type=oneshot
# Harbor is not started for it: it may be stopped because a restoration goes on.
ExecStartPre=/usr/bin/systemctl is-active --quiet harbor.service
ExecStart=${BACKUP_PROGRAM}
TimeoutStartSec=3600
`;

function timer(at: string): string {
  return `# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Daily backup of Harbor

[Timer]
OnCalendar=*-*-* ${at}:00 UTC
Persistent=true

[Install]
WantedBy=timers.target
`;
}
