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
    "xfs_quota -x -c 'project -s -p /srv/nfs/shared 1' -c 'limit -p bhard=524288000k 1' /srv/nfs",
  );
  expect(fileOf(server, "/etc/systemd/system/srv-nfs.mount")).toContain("Options=noatime,prjquota\n");
});

test("a change of exports is published without a restart, which would keep every client waiting", () => {
  expect(server.units.find(({ name }) => name === "nfs-server.service")?.watches).toEqual([
    "/etc/nfs.conf.d/bastide.conf",
  ]);
  expect(server.commands.at(-1)).toMatchObject({ purpose: "publish the exports", when: "after-units" });
});
