import type { HarborService } from "../../../platform/services";
import { downloads } from "../../../platform/versions/downloads";
import { unlessOpen } from "../download";
import { quoted } from "../render/script";
import { endOf, plainFile, type RoleCommand, type RoleFile } from "../role-document";
import { BACKUP_PROGRAM } from "./backup";
import { CONFIGURATION, DATA } from "./configuration";
import { CORE_VARIABLES } from "./sign-in";

export const START_PROGRAM = "/usr/local/sbin/bastide-harbor";
export const UNIT = "harbor.service";
const OVERRIDE = "/etc/harbor/compose.override.yml";
const PROJECT = "docker compose --project-name harbor";

/** Folder of one installer's content; another installer gets another one, and the earlier stays to go back to. */
export function folderOf({ installer }: HarborService): string {
  return `/opt/harbor/${(installer.sha256 ?? "").slice(0, 12)}`;
}

/** Half a gigabyte, unpacked once: known byte for byte before anything of it is there. */
export function unpacking(service: HarborService): RoleCommand {
  const { from, sha256 = "" } = service.installer;
  const folder = folderOf(service);
  const local = from.startsWith("/");
  const archive = local ? from : `${folder}.tgz`;
  const fetch = local
    ? [`[ -e ${quoted(from)} ] || { echo "there is no ${from}: put it there" && false; }`]
    : [`curl --silent --show-error --fail --location --proto '=https' --output ${archive} ${quoted(from)}`];
  return unlessOpen(service.installer, {
    purpose: `unpack Harbor ${downloads.harbor.version}`,
    unless: `[ -e ${folder}/prepare ]`,
    run: [
      "mkdir -p /opt/harbor",
      ...fetch,
      `echo "${sha256}  ${archive}" | sha256sum --check --quiet`,
      `rm -rf ${folder} ${folder}.new`,
      `mkdir ${folder}.new`,
      `tar -xzf ${quoted(archive)} -C ${folder}.new --strip-components=1`,
      `mv -T ${folder}.new ${folder}`,
      ...(local ? [] : [`rm ${archive}`]),
    ].join("\n"),
  });
}

/** What is added to the compose file that Harbor's installer writes. */
export const override: RoleFile = plainFile(
  OVERRIDE,
  `# Written by Bastide; docker compose reads it behind the file of Harbor's own installer.
services:
  core:
    env_file:
      - ${CORE_VARIABLES}
`,
  { validate: `python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$candidate"` },
);

/**
 * Brings Harbor to what /etc/harbor says. The installer's `prepare` makes new passwords between Harbor's parts each time, and all of
 * them are made anew to take these: it runs only where something that it reads has changed.
 */
export function startProgram(service: HarborService, watched: readonly string[]): RoleFile {
  const folder = folderOf(service);
  const text = `#!/bin/sh
# Written by Bastide; a change made here is undone by the next application.
# Brings Harbor to what /etc/harbor says, and waits until all of it is well.
set -eu
umask 077
state=/var/lib/bastide/harbor
folder=${folder}
mkdir -p "$state" /var/log/harbor
wanted="$folder $(cat ${watched.join(" ")} | sha256sum | cut -d ' ' -f 1)"
prepared=$(cat "$state/prepared" 2>/dev/null || true)
cd "$folder"
if [ "$prepared" != "$wanted" ]; then
	# Another version changes the database when it starts, and there is no way back but the backup.
	if [ -n "$prepared" ] && [ "\${prepared%% *}" != "$folder" ] && [ -x ${BACKUP_PROGRAM} ]; then
		${BACKUP_PROGRAM}
	fi
	# A load that was interrupted left some images and not the others.
	if [ "$(cat "$state/loaded" 2>/dev/null)" != "$folder" ] ||
		! docker image inspect "goharbor/prepare:v${downloads.harbor.version}" >/dev/null 2>&1; then
		docker load --quiet --input "harbor.v${downloads.harbor.version}.tar.gz"
		echo "$folder" >"$state/loaded"
	fi
	cp ${CONFIGURATION} harbor.yml
	./prepare --with-trivy
	# A container whose own description is the same would stay, with the certificate and the keys of before. Another version changes
	# all of them, and one whose start was interrupted must still find the database for its backup.
	[ "\${prepared%% *}" != "$folder" ] || ${PROJECT} down
	echo "$wanted" >"$state/prepared"
fi
# An image that is not of the installer is none: it would come from somewhere else.
exec ${PROJECT} --file docker-compose.yml --file ${OVERRIDE} up --detach --remove-orphans --pull never --wait --wait-timeout 600
`;
  return plainFile(START_PROGRAM, text, { mode: "0755" });
}

export const unit = plainFile(
  `/etc/systemd/system/${UNIT}`,
  `# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Harbor
# Not more than wanted: containers go on while Docker is restarted, and this would stop them.
Wants=docker.service network-online.target
After=docker.service network-online.target
RequiresMountsFor=${DATA}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${START_PROGRAM}
ExecReload=${START_PROGRAM}
ExecStop=/usr/bin/${PROJECT} stop
# Images are loaded and the database is brought to a new version when it starts for the first time.
TimeoutStartSec=1800
TimeoutStopSec=120

[Install]
WantedBy=multi-user.target
`,
);

/** Containers and networks go; data, images and the installer stay. */
export const uninstall = [endOf(UNIT), { ends: "containers of Harbor", run: `${PROJECT} down` }];
