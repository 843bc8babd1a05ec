import type { Download } from "../../../platform/shared/download";
import { downloads } from "../../../platform/versions/downloads";
import type { RolePart } from "../compose";
import { installed } from "../download";
import { plainFile } from "../role-document";

const SETTINGS = "/etc/docker/daemon.json";
const COMPOSE = "/usr/local/lib/docker/cli-plugins/docker-compose";

/** Docker's engine as Debian has it, of the catalogue's versions and no other, with its compose plugin by digest. */
export function docker(compose: Download): RolePart {
  const plugin = installed(compose, COMPOSE);
  return {
    // Where the kernel has AppArmor and the machine has no parser for it, no container starts.
    packages: ["apparmor", "python3", "python3-yaml"],
    files: [
      plainFile(PREFERENCES, preferences(downloads.docker.versions)),
      plainFile(SETTINGS, `${JSON.stringify(settings, undefined, 2)}\n`, {
        validate: 'python3 -m json.tool "$candidate"',
      }),
    ],
    commands: [
      {
        purpose: "install Docker's engine, of a version that is known",
        unless: isKnown(downloads.docker.versions),
        run: ENGINE,
      },
      { ...plugin, run: `mkdir -p ${COMPOSE.slice(0, COMPOSE.lastIndexOf("/"))}\n${plugin.run}` },
    ],
    units: [{ name: "docker.service", onChange: "restart", watches: [SETTINGS] }],
  };
}

const settings = {
  // What a container says itself; Harbor's parts send theirs to its own log.
  "log-driver": "local",
  "log-opts": { "max-size": "10m", "max-file": "3" },
  // Containers go on while the engine is restarted, for an update for instance.
  "live-restore": true,
};

const PREFERENCES = "/etc/apt/preferences.d/bastide-docker";

/** Patches of these versions come with the security updates; another version never comes, from wherever it is offered. */
function preferences(versions: readonly string[]): string {
  const known = versions.map(
    (version) => `Package: docker.io docker-cli\nPin: version ${version}*\nPin-Priority: 500\n`,
  );
  return [...known, "Package: docker.io docker-cli docker-ce docker-ce-cli\nPin: release *\nPin-Priority: -1\n"].join(
    "\n",
  );
}

function isKnown(versions: readonly string[]): string {
  const patterns = versions.map((version) => `"installed ${version}"*`).join(" | ");
  return `case "$(dpkg-query -W -f '\${db:Status-Status} \${Version}' docker.io)" in
${patterns}) command -v docker ;;
*) false ;;
esac`;
}

/** Behind its preferences, and not among the packages, which are installed before any file is there. */
const ENGINE = `if dpkg-query -W -f '\${db:Status-Status}' docker-ce 2>/dev/null | grep -qx installed; then
	echo "docker-ce is here, which is not Debian's: remove it first, its containers and volumes stay"
	false
fi
wanted=docker.io
install_packages
command -v docker || {
	wanted=docker-cli
	install_packages
}`;
