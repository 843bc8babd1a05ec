import { spawnSync } from "node:child_process";
import { document, fileOf } from "./support/documents";

const server = document("nfs-1");

test("a file server exports each folder to its clients, and answers only once bytes are on the disk", () => {
  expect(fileOf(server, "/etc/exports.d/bastide.exports")).toBe(
    "/srv/nfs/shared 10.10.0.0/22(sync,no_subtree_check,rw,root_squash)\n" +
      "/srv/nfs/volumes 10.10.0.0/24(sync,no_subtree_check,rw,no_root_squash)\n",
  );
});

test("a file server speaks NFS 4 alone, on one port, to those who may mount something", () => {
  expect(fileOf(server, "/etc/nfs.conf.d/bastide.conf")).toBe("[nfsd]\nvers2=n\nvers3=n\nvers4=y\n");
  expect(server.ports.filter(({ port }) => port === 2049).map(({ from }) => from.map(String))).toEqual([
    ["10.10.0.0/22", "10.10.0.0/24"],
  ]);
});

test("a quota is a limit of the export's own project, counted where the disk is mounted", () => {
  const quota = server.commands.find(({ purpose }) => purpose === "limit the export shared to 500Gi");
  expect(quota?.run).toBe(
    "xfs_quota -x -c 'project -s -p /srv/nfs/shared 620381396' -c 'limit -p bhard=524288000k 620381396' /srv/nfs",
  );
  expect(fileOf(server, "/etc/systemd/system/srv-nfs.mount")).toContain("Options=noatime,prjquota\n");
});

test.each([
  ["it is so already", "620381396", "524288000", true],
  ["the project has another limit", "620381396", "1024", false],
  ["the folder is of no project yet", "0", "524288000", false],
  ["the folder has the number of its place in the list, as until now", "1", "524288000", false],
])("a quota is set unless %s", (_title, project, limit, done) => {
  const quota = server.commands.find(({ purpose }) => purpose === "limit the export shared to 500Gi");
  const fakes = [
    `xfs_io() { [ "$*" = "-r -c lsproj /srv/nfs/shared" ] && echo "projid = ${project}"; }`,
    // As the real one, it says nothing of a project without a file, unless it is asked to.
    `xfs_quota() { case "$*" in *" -v "*) echo "/dev/sdb 0 0 ${limit} 00 [--------] /srv/nfs" ;; esac; }`,
  ];
  const { status } = spawnSync("sh", ["-c", `${fakes.join("\n")}\n${quota?.unless}`]);
  expect(status === 0).toBe(done);
});

test("the number of a project is the export's own, whatever stands before it in the list or stood there once", () => {
  const quotaOf = (exports: object) =>
    document(
      "nfs-1",
      ({ services }) => (services.files.exports = { ...exports, volumes: { rootSquash: false } }),
    ).commands.find(({ purpose }) => purpose.startsWith("limit the export shared"))?.run;
  const shared = { quota: "500Gi" };
  expect(quotaOf({ another: { quota: "1Gi" }, shared })).toBe(quotaOf({ shared }));
});

test("an export without a quota is not held to one that it had before", () => {
  const lifted = server.commands.find(({ purpose }) => purpose === "let the export volumes use the whole disk");
  expect(lifted?.run).toBe("xfs_quota -x -c 'project -C -p /srv/nfs/volumes 0' /srv/nfs");
});

test("what only NFS 3 needs does not listen", () => {
  expect(server.commands.map(({ run }) => run)).toContain(
    "systemctl mask --now rpcbind.socket rpcbind.service rpc-statd.service",
  );
});

test("a change of exports is published without a restart, which would keep every client waiting", () => {
  expect(server.units.find(({ name }) => name === "nfs-server.service")?.watches).toEqual([
    "/etc/nfs.conf.d/bastide.conf",
  ]);
  expect(server.commands.at(-1)).toMatchObject({ purpose: "publish the exports", when: "after-units" });
});
