import type { Machine } from "../../../platform/machines";
import { NFS_ROOT, type NfsExport, type NfsService } from "../../../platform/services";
import type { RolePart } from "../compose";
import { dataDisk } from "../data-disk";
import { plainFile, type RoleCommand } from "../role-document";

const EXPORTS = "/etc/exports.d/bastide.exports";
const SETTINGS = "/etc/nfs.conf.d/bastide.conf";

/** Files over NFS 4 alone: one port, and none of the helpers that its older versions need. */
export function nfsRole({ exports }: NfsService, machine: Machine): RolePart[] {
  return [
    dataDisk(machine, NFS_ROOT, ["prjquota"]),
    {
      packages: ["nfs-kernel-server"],
      files: [
        plainFile(SETTINGS, "[nfsd]\nvers2=n\nvers3=n\nvers4=y\n"),
        plainFile(EXPORTS, exports.map(exportLine).join("")),
      ],
      units: [{ name: "nfs-server.service", onChange: "restart", watches: [SETTINGS] }],
      commands: [
        ...exports.flatMap((one, place) => [folder(one), ...(one.quota ? [quota(one, place + 1)] : [])]),
        publication,
      ],
      health: [{ purpose: "NFS answers on its port", check: 'ss -Htln "sport = :2049" | grep -q .' }],
      uninstall: ["systemctl disable --now nfs-server.service"],
    },
  ];
}

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

/** By XFS projects, numbered in the order of the exports. */
function quota({ name, path, quota: most }: NfsExport, project: number): RoleCommand {
  const limit = Math.floor((most?.bytes ?? 0) / 1024);
  return {
    when: "after-units",
    purpose: `limit the export ${name} to ${most}`,
    unless: `xfs_quota -x -c 'quota -p -N -b ${project}' ${NFS_ROOT} | awk '{ found = $4 == ${limit} } END { exit !found }'`,
    run: `xfs_quota -x -c 'project -s -p ${path} ${project}' -c 'limit -p bhard=${limit}k ${project}' ${NFS_ROOT}`,
  };
}
