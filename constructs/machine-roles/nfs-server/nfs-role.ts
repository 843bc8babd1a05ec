import type { Machine } from "../../../platform/machines";
import { NFS_ROOT, type NfsExport, type NfsService } from "../../../platform/services";
import type { RolePart } from "../compose";
import { dataDisk, dataDiskOf } from "../data-disk";
import { endOf, plainFile, type RoleCommand } from "../role-document";

const EXPORTS = "/etc/exports.d/bastide.exports";
const SETTINGS = "/etc/nfs.conf.d/bastide.conf";

/** Only what NFS 3 and its clients ask; each of them listens. */
const HELPERS = "rpcbind.socket rpcbind.service rpc-statd.service";

/** Files over NFS 4 alone: one port, and none of the helpers that its older versions need. */
export function nfsRole({ exports }: NfsService, machine: Machine): RolePart[] {
  return [
    dataDisk(machine, { path: NFS_ROOT, usedBy: "nfs-server.service", options: ["prjquota"] }),
    {
      packages: ["nfs-kernel-server"],
      files: [
        plainFile(SETTINGS, "[nfsd]\nvers2=n\nvers3=n\nvers4=y\n"),
        plainFile(EXPORTS, exports.map(exportLine).join("")),
      ],
      units: [{ name: "nfs-server.service", onChange: "restart", watches: [SETTINGS] }],
      commands: [
        withoutHelpers,
        ...exports.flatMap((one) => [folder(one), ...room(one, dataDiskOf(machine) !== undefined)]),
        publication,
      ],
      health: [{ purpose: "NFS answers on its port", check: 'ss -Htln "sport = :2049" | grep -q .' }],
      uninstall: [
        endOf("nfs-server.service"),
        { ends: "the absence of what only NFS 3 needs", run: `systemctl unmask ${HELPERS}` },
      ],
    },
  ];
}

const withoutHelpers: RoleCommand = {
  purpose: "turn off what only NFS 3 needs",
  unless: `[ "$(systemctl is-enabled ${HELPERS} 2>/dev/null | sort -u)" = masked ]`,
  run: `systemctl mask --now ${HELPERS}`,
};

/** Without a restart, which would keep every client waiting. */
const publication: RoleCommand = {
  when: "after-units",
  purpose: "publish the exports",
  unless: `cmp -s ${EXPORTS} "$state/exports"`,
  run: `exportfs -ra\ncp ${EXPORTS} "$state/exports"`,
};

/** Answers only once what was written is on the disk. */
function exportLine({ path, clients, readOnly, rootSquash }: NfsExport): string {
  const options = ["sync", "no_subtree_check", readOnly ? "ro" : "rw", rootSquash ? "root_squash" : "no_root_squash"];
  return `${path} ${clients.map((client) => `${client}(${options.join(",")})`).join(" ")}\n`;
}

function folder({ name, path, rootSquash }: NfsExport): RoleCommand {
  // Where root of a client is nobody, everybody must be able to write; each owns what he makes.
  const mode = rootSquash ? "1777" : "0755";
  return {
    when: "after-units",
    purpose: `make the folder of the export ${name}`,
    unless: `[ "$(stat -c %a ${path})" = ${mode.replace(/^0/, "")} ]`,
    run: `install -d -m ${mode} ${path}`,
  };
}

/**
 * By XFS projects. What counts is of which project the folder itself is, too: it may still have the number that an earlier version gave it, by its
 * place in the list, and nothing else would lift a quota that it had once.
 */
function room({ name, path, quota, project }: NfsExport, onXfs: boolean): RoleCommand[] {
  const inProject = (number: number) => `[ "$(xfs_io -r -c lsproj ${path})" = "projid = ${number}" ]`;
  if (quota !== undefined) {
    const limit = Math.floor(quota.bytes / 1024);
    // Without -v nothing is told of an export in which nothing is.
    const told = `xfs_quota -x -c 'quota -p -N -b -v ${project}' ${NFS_ROOT}`;
    return [
      {
        when: "after-units",
        purpose: `limit the export ${name} to ${quota}`,
        unless: `${inProject(project)} && ${told} | awk '{ found = $4 == ${limit} } END { exit !found }'`,
        run: `xfs_quota -x -c 'project -s -p ${path} ${project}' -c 'limit -p bhard=${limit}k ${project}' ${NFS_ROOT}`,
      },
    ];
  }
  if (!onXfs) return [];
  return [
    {
      when: "after-units",
      purpose: `let the export ${name} use the whole disk`,
      unless: `[ ! -d ${path} ] || ${inProject(0)}`,
      run: `xfs_quota -x -c 'project -C -p ${path} 0' ${NFS_ROOT}`,
    },
  ];
}
