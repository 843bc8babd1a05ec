import type { Draft } from "./environments";
import { withBalancer } from "./invalid-balancing";
import type { InvalidCase } from "./invalid-environments";

const onprem = (title: string, change: (draft: Draft) => void, refusal: string): InvalidCase => {
  return { title, of: "onprem", change, refusal: `onprem.${refusal}` };
};

const waived = { kind: "none", waiver: { until: "2026-12-31", reason: "it is only tried" } };

const database = { kind: "external", name: "registry", user: "harbor", secret: "harbor-database" };

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxi9EnFpVGmQEpy2Cqy2QkZAKPUbUZPXSRnLhvAvZ1m";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

/** What may be wrong with people, machines and what they serve. */
export const invalidServices: readonly InvalidCase[] = [
  // people and the base
  onprem(
    "a private key in the place of a public one",
    (d) => (d.access.people = { ada: { name: "Ada", keys: ["-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2"] } }),
    'access.people.ada.keys[0] is "-----BEGIN OPENSSH PRIVATE KEY-----(not shown)", but that is no public key of OpenSSH: copy the line of the file ~/.ssh/id_ed25519.pub',
  ),
  onprem(
    "a key that was not copied to its end",
    (d) => (d.access.people = { ada: { name: "Ada", keys: [KEY.slice(0, -8)] } }),
    'access.people.ada.keys[0] is "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxi9EnFpVGmQEpy2Cqy2QkZAKPUbUZPXSRn", but a part of the key is missing, so it would let nobody in: copy the line of the file ~/.ssh/id_ed25519.pub',
  ),
  onprem(
    "a key whose type is another one's",
    (d) => (d.access.people = { ada: { name: "Ada", keys: [KEY.replace("ssh-ed25519", "ssh-rsa")] } }),
    'access.people.ada.keys[0] is "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBxi9EnFpVGmQEpy2Cqy2QkZAKPUbUZPXSRnLhvAvZ1m", but a part of the key is missing, so it would let nobody in: copy the line of the file ~/.ssh/id_ed25519.pub',
  ),
  onprem(
    "a person whose keys would be their own",
    (d) => {
      d.access.people = { ada: { name: "Ada", keys: [KEY] } };
      d.machines.gitlab.ssh = { furtherUsers: ["git", "ada"] };
    },
    'machines.gitlab.ssh.furtherUsers[1] is "ada", but a person has that name, and would sign in by keys that nobody here knows: leave it out',
  ),
  onprem(
    "root among the users of what runs there",
    (d) => (d.machines.gitlab.ssh = { furtherUsers: ["root"] }),
    'machines.gitlab.ssh.furtherUsers[0] is "root", but who signs in as root is nobody: name a user of its own',
  ),
  onprem(
    "a person called like a user of the system",
    (d) => (d.access.people = { root: { name: "Ada", keys: [KEY] } }),
    'access.people.root is "root", but the system has a user of that name: choose another name',
  ),
  onprem(
    "a person whose name has two lines",
    (d) => (d.access.people = { ada: { name: "Ada\u2028Lovelace", keys: [KEY] } }),
    'access.people.ada.name is "Ada\u2028Lovelace", but a name has at most 100 characters on one line, without colon and comma: write it in plain words',
  ),
  onprem(
    "two people with one key",
    (d) => {
      const keys = [`${KEY} ada@home`];
      d.access.people = { ada: { name: "Ada", keys }, bob: { name: "Bob", keys: [`${KEY} bob@work`] } };
    },
    'access.people.bob.keys[0] is "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxi9EnFpVGmQEpy2Cqy2QkZAKPUbUZPXSRnLhvAvZ1m bob@work", but ada has this key already, and nobody could tell them apart: give each person a key of their own',
  ),
  onprem(
    "a person with whose name roles are applied",
    (d) => {
      d.access.people = { ada: { name: "Ada", keys: [KEY] } };
      d.machines.gitlab.ssh = { user: "ada" };
    },
    'machines.gitlab.ssh.user is "ada", but a person has that name, and once they leave, or their last day is over, nobody applies a role any more: name a user that is nobody\'s, like bastide',
  ),
  onprem(
    "a reboot window for more machines than fit into a day",
    (d) => (d.base = { rebootWindow: { from: "01:00", everyMinutes: 60 } }) && more(d, 10),
    "base.rebootWindow.everyMinutes is 60, but 28 machines one after the other take longer than a day: use 51 or less",
  ),
  onprem(
    "logs for a receiver that nobody names",
    (d) => (d.base = { logs: { to: {}, authority: "corp" } }),
    "base.logs.to.host is missing: it is required (string): add it",
  ),
  onprem(
    "logs for a receiver that a machine cannot tell from another",
    (d) => (d.base = { logs: { to: { host: "logs.acme.example" }, authority: "corp" } }),
    'base.logs.authority is "corp", but base.authorities has no certificate of that name, so a machine could not tell the receiver from another: paste its certificate there',
  ),
  onprem(
    "logs sent with a certificate without its key",
    (d) =>
      (d.base = {
        authorities: { corp: PEM },
        logs: { to: { host: "logs.acme.example" }, authority: "corp", certificate: { chain: "logs-tls" } },
      }),
    "base.logs.certificate.key is missing: without its key a certificate proves nothing: name the secret of the machine that has the key as its entry tls.key",
  ),

  // ports
  onprem(
    "a port that the whole world may connect to, and nobody says why",
    (d) => (d.machines.gitlab.open = { https: { port: 443, from: ["0.0.0.0/0"] } }),
    'machines.gitlab.open.https.from is "0.0.0.0/0", but the whole world could connect: name the networks that need it, or say in toEverybody why',
  ),
  onprem(
    "a range of ports that ends before it begins",
    (d) => (d.machines.gitlab.open = { media: { port: 5000, last: 4000 } }),
    "machines.gitlab.open.media.last is 4000, but the range begins with 5000: use a larger one, or leave it out",
  ),
  onprem(
    "a further port on a machine whose service says what is open",
    (d) => (d.machines["lb-1"].open = { debug: { port: 9999 } }),
    "machines.lb-1.open.debug is 9999, but the role haproxy opens what it serves, and nothing else: say it in services, or leave it out",
  ),
  onprem(
    "a further port that a database has",
    (d) => (d.machines["pg-1"].open = { postgres: { port: 5432 } }),
    "machines.pg-1.open.postgres.port is 5432, but the port is taken by PostgreSQL on machine pg-1: use another one",
  ),

  // machines
  onprem(
    "a role on a machine too small",
    (d) => (d.machines.harbor.memory = "2Gi"),
    'machines.harbor.memory is "2Gi", but the role harbor needs 4Gi of memory: give the machine more, or write what it really has',
  ),
  onprem(
    "a role on a machine with too few processors",
    (d) => (d.machines["rke2-1"].cpus = 1),
    "machines.rke2-1.cpus is 1, but the role rke2-server needs 2 processors: give the machine more, or write what it really has",
  ),
  {
    title: "a fixed address that AWS keeps for itself",
    of: "aws",
    change: (d) => (d.machines["bastion-1"].address = "10.20.0.3"),
    refusal:
      'aws.machines.bastion-1.address is "10.20.0.3", but the private subnet of zone a is 10.20.0.0/19, whose first four addresses and last are AWS\'s own: choose one between, or leave it out',
  },
  {
    title: "two machines of AWS with one address",
    of: "aws",
    change: (d) => (withBalancer(d).machines["bastion-1"].address = "10.20.0.10"),
    refusal:
      'aws.machines.lb-1.address is "10.20.0.10", but machine bastion-1 has this address already: give each machine an address of its own',
  },
  onprem(
    "a host key with the address in front of it",
    (d) => (d.machines.gitlab.ssh = { hostKey: "10.10.2.21 ssh-ed25519 AAAA" }),
    "machines.gitlab.ssh.hostKey is \"10.10.2.21 ssh-ed25519 AAAA\", but a host's key is its type and its text, without address or comment: copy it from the machine's /etc/ssh/ssh_host_ed25519_key.pub, like ssh-ed25519 AAAA...",
  ),
  onprem(
    "a machine renamed from one that still exists",
    (d) => (d.machines["build-2"].formerly = "build-1"),
    'machines.build-2.formerly is "build-1", but a machine of that name still exists: remove the old entry or formerly',
  ),
  onprem(
    "a machine with a role that no service describes",
    (d) => {
      delete d.services.files;
      delete d.storage.classes.nfs;
    },
    'machines.nfs-1.role is "nfs-server", but no service says what it serves: describe it in services, or use the role plain',
  ),

  // services
  onprem(
    "a service on an unknown machine",
    (d) => (d.services.files.machine = "nfs-2") && delete d.machines["nfs-1"],
    'services.files.machine is "nfs-2", but there is no machine of that name: use one of rke2-1, rke2-2, rke2-3, node-1, node-2, node-3, stor-1, stor-2, stor-3, lb-1, lb-2, harbor, s3-1, pg-1, gitlab, build-1, build-2',
  ),
  onprem(
    "a service on a machine of another role",
    (d) => (d.services.front.machines = ["lb-1", "build-1"]) && delete d.machines["lb-2"],
    'services.front.machines[1] is "build-1", but that machine has the role plain: give the machine the role haproxy, or name another one',
  ),
  onprem(
    "a pair of one machine",
    (d) => (d.services.front.machines = ["lb-1", "lb-1"]) && delete d.machines["lb-2"],
    'services.front.machines[1] is "lb-1", but the machine is listed already: list each machine once',
  ),
  onprem(
    "a machine with two services",
    (d) => (d.services.more = { kind: "nfs-server", machine: "nfs-1", exports: {} }),
    'services.more is "nfs-1", but machine nfs-1 serves files already: give each a machine of its own',
  ),
  onprem(
    "a port taken twice",
    (d) => (d.services.front.statisticsPort = 443),
    "services.front.statisticsPort is 443, but the port is taken by applications, HTTPS on machine lb-1: use another one",
  ),
  onprem(
    "a port of ingress controllers that nodes have",
    (d) => (d.services.front.ingress.ports = { https: 2380 }),
    "services.front.ingress.ports.https is 2380, but the port is taken by etcd on machine rke2-1: use another one",
  ),
  onprem(
    "a port that the base has",
    (d) => (d.services.store.port = 9100),
    "services.store.port is 9100, but the port is taken by metrics of the machine on machine s3-1: use another one",
  ),

  // nfs-server
  onprem(
    "a quota on the system's disk",
    (d) => (d.machines["nfs-1"].disks = {}),
    'services.files.exports.shared.quota is "500Gi", but machine nfs-1 has no data disk, and only there is it counted: name its disk, with use: "data", or leave the quota out',
  ),
  onprem(
    "quotas that are larger than their disk",
    (d) => (d.services.files.exports.shared.quota = "2Ti"),
    'services.files.exports.shared.quota is "2Ti", but the data disk of machine nfs-1 has 1Ti: use less, or a larger disk',
  ),

  onprem(
    "two data disks, of which a role mounts one",
    (d) => (d.machines["nfs-1"].disks["/dev/disk/by-id/scsi-nfs-1-more"] = { size: "1Ti", use: "data" }),
    'machines.nfs-1.disks["/dev/disk/by-id/scsi-nfs-1-more"] is "data", but a role mounts one data disk, and /dev/disk/by-id/scsi-nfs-1-data is that already: make one of both below the system, or leave it out',
  ),

  // s3-store
  onprem(
    "a bucket with capitals",
    (d) => (d.services.store.buckets.Velero = {}),
    'services.store.buckets.Velero is "Velero", but a bucket\'s name consists of a-z, 0-9 and -: choose another name, like velero',
  ),
  onprem(
    "a store by Garage",
    (d) =>
      (d.services.store.driver = { name: "garage", server: { from: "/opt/bastide/garage", sha256: "placeholder" } }),
    'services.store.driver.name is "garage", but Garage has neither versions nor locks, so whoever has a consumer\'s key can delete its backups for good, and serves no TLS of its own: use minio with its waiver',
  ),
  onprem(
    "a store by RustFS",
    (d) => (d.services.store.driver.name = "rustfs"),
    'services.store.driver.name is "rustfs", but nobody has tried this role with RustFS, which in 2026 still mended locks that did not hold (rustfs/rustfs#1509) and policies (#7989): use minio with its waiver',
  ),
  onprem(
    "a program without its digest",
    (d) => delete d.services.store.driver.server.sha256,
    "services.store.driver.server.sha256 is missing: /opt/bastide/minio runs on the machine, and only its digest says what it is: check the file, and write down what sha256sum prints",
  ),
  onprem(
    "a download over plain HTTP",
    (d) => (d.services.store.driver.server.from = "http://example.com/minio"),
    'services.store.driver.server.from is "http://example.com/minio", but a download comes from an https address or lies on the machine: write it like https://example.com/program or /opt/bastide/program',
  ),
  onprem(
    "a waiver that is over",
    (d) => (d.services.store.driver.waiver.until = "2026-11-20"),
    'services.store.driver.waiver.until is "2026-11-20", but the waiver is over since that day, and today is 2026-11-21: end what it was for, or decide again until when, and why',
  ),
  onprem(
    "an archived store without a waiver",
    (d) => delete d.services.store.driver.waiver,
    "services.store.driver.waiver is missing: it is required (object): add it",
  ),
  onprem(
    "a locked bucket without versions",
    (d) => (d.services.store.buckets["cluster-backups"].versioning = false),
    "services.store.buckets.cluster-backups.versioning is false, but what is locked is kept as a version: leave versioning out, or remove lock",
  ),
  onprem(
    "a lock in hours",
    (d) => (d.services.store.buckets["cluster-backups"].lock = "36h"),
    'services.store.buckets.cluster-backups.lock is "36h", but a store counts in whole days: write it in days, like 30d',
  ),
  onprem(
    "objects that are to go before their lock opens",
    (d) => (d.services.store.buckets["cluster-backups"].keep = "7d"),
    'services.store.buckets.cluster-backups.keep is "7d", but objects are locked for 14d, and cannot be removed before: use 14d or more',
  ),

  // harbor
  onprem(
    "a Harbor without an identity provider",
    (d) => delete d.services.images.oidc,
    "services.images.oidc is missing: it is required (object): add it",
  ),
  onprem(
    "a Harbor over plain HTTP",
    (d) => (d.services.images.url = "http://harbor.corp.acme.example"),
    'services.images.url is "http://harbor.corp.acme.example", but passwords and images would cross the network in the clear: write https://, and name a certificate',
  ),
  onprem(
    "a Harbor over HTTPS without a certificate",
    (d) => delete d.services.images.certificate,
    "services.images.certificate is missing: an https address needs a certificate: name its chain, and the secret with its key",
  ),
  onprem(
    "an identity provider over plain HTTP",
    (d) => (d.services.images.oidc.issuer = "http://id.corp.acme.example/realms/acme"),
    'services.images.oidc.issuer is "http://id.corp.acme.example/realms/acme", but an issuer is an https address, as the tokens name it: write it like https://id.example.com/realms/acme',
  ),
  onprem(
    "a Harbor in a bucket that nobody makes",
    (d) => (d.services.images.storage.bucket = "harbor-image"),
    'services.images.storage.bucket is "harbor-image", but there is no bucket of that name: did you mean harbor-images? Known: cluster-backups, harbor-images, harbor-backups',
  ),
  onprem(
    "a store that shuts out the Harbor that keeps its images there",
    (d) => (d.services.store.openTo = ["10.10.0.0/24"]) && (d.services.images.backup = waived),
    'services.store.openTo is ["10.10.0.0/24"], but it shuts out harbor (10.10.1.21/32), which keeps its images there (services.images.storage): add its network',
  ),
  onprem(
    "a Harbor that shuts out the nodes that pull from it",
    (d) => (d.services.images.openTo = ["10.10.2.0/24"]),
    'services.images.openTo is ["10.10.2.0/24"], but it shuts out node-1 (10.10.0.21/32), node-2 (10.10.0.22/32), node-3 (10.10.0.23/32), 3 more, which pull images from it: add their networks',
  ),
  onprem(
    "a Harbor whose database's machine shuts it out by hand",
    (d) => {
      d.services.images.database = { ...database, host: "pg-1.corp.acme.example", port: 6432 };
      d.machines["pg-1"].open = { pgbouncer: { port: 6432, from: ["10.10.0.0/24"] } };
    },
    "services.images.database.port is 6432, but the firewall of machine pg-1 does not let machine harbor in there: add harbor's network in machines.pg-1.open",
  ),
  onprem(
    "an export that shuts out nodes that mount its volumes",
    (d) => (d.services.files.exports.volumes.clients = ["10.10.0.0/27"]),
    'services.files.exports.volumes.clients is ["10.10.0.0/27"], but it shuts out stor-2 (10.10.0.32/32), stor-3 (10.10.0.33/32), which mount volumes of class nfs: add their networks',
  ),
  onprem(
    "a Harbor whose layers are removed by their age",
    (d) => (d.services.store.buckets["harbor-images"].keep = "30d"),
    'services.store.buckets.harbor-images.keep is "30d", but images lie there, and their layers would be removed by age, whether or not an image needs them: leave it out, or name another bucket in services.images.storage',
  ),
  onprem(
    "a Harbor whose layers cannot be removed",
    (d) => (d.services.store.buckets["harbor-images"] = { lock: "14d" }),
    'services.store.buckets.harbor-images.lock is "14d", but images lie there, and what Harbor removes would go on taking room until its lock opens: leave it out, or name another bucket in services.images.storage',
  ),
  onprem(
    "a Harbor over HTTPS on the port of HTTP",
    (d) => (d.services.images.url = "https://harbor.corp.acme.example:80"),
    'services.images.url is "https://harbor.corp.acme.example:80", but Harbor listens on port 80 for plain HTTP, which it redirects: use another port, best 443 by leaving it out',
  ),
  onprem(
    "a Harbor whose installer has no digest",
    (d) => delete d.services.images.installer.sha256,
    "services.images.installer.sha256 is missing: /opt/bastide/harbor-offline-installer-v2.15.2.tgz runs on the machine, and only its digest says what it is: check the file, and write down what sha256sum prints",
  ),
  onprem(
    "a Harbor's certificate without its key",
    (d) => delete d.services.images.certificate.key,
    "services.images.certificate.key is missing: without its key a certificate proves nothing: name the secret of the machine that has the key as its entry tls.key",
  ),
  onprem(
    "a Harbor that nobody backs up",
    (d) => delete d.services.images.backup,
    "services.images.backup is missing: it is required (object): add it",
  ),
  onprem(
    "a Harbor without a backup, by a waiver that is over",
    (d) => {
      const waiver = { until: "2026-11-20", reason: "it was only tried" };
      d.services.images.backup = { kind: "none", waiver };
    },
    'services.images.backup.waiver.until is "2026-11-20", but the waiver is over since that day, and today is 2026-11-21: end what it was for, or decide again until when, and why',
  ),
  onprem(
    "a backup beside what it is of",
    (d) => (d.services.images.backup.bucket = "harbor-images"),
    'services.images.backup.bucket is "harbor-images", but images lie there, and whoever may remove those may remove backups with them: name a bucket of its own, best one with a lock',
  ),
  onprem(
    "a backup in a bucket that nobody makes",
    (d) => (d.services.images.backup.bucket = "harbor-backup"),
    'services.images.backup.bucket is "harbor-backup", but there is no bucket of that name: did you mean harbor-backups? Known: cluster-backups, harbor-images, harbor-backups',
  ),
  onprem(
    "a robot of an unknown project",
    (d) => (d.services.images.robots.ci.project = "platfrom"),
    'services.images.robots.ci.project is "platfrom", but there is no project of that name: did you mean platform? Known: platform, docker-hub',
  ),
  onprem(
    "a robot that pulls with the password of one that pushes",
    (d) => (d.services.images.robots.ci.secret = "harbor-pull"),
    "services.images.robots.ci.secret is (not shown), but that is the password of robot nodes, and whoever has it may do what both may: give each a secret of its own",
  ),
  onprem(
    "a Harbor whose database is opened by the password of its administrator",
    (d) => (d.services.images.database = { ...database, host: "pg-1.corp.acme.example", secret: "images-admin" }),
    "services.images.database.secret is (not shown), but that is the password of admin, and whoever has it may do what both may: give each a secret of its own",
  ),
  onprem(
    "two robots that pull from one project",
    (d) => (d.services.images.robots.other = { project: "platform", may: "pull", secret: "other" }),
    'services.images.robots.other is "other", but robot nodes pulls from project platform already: remove one of the two',
  ),

  // where images come from
  onprem(
    "a registry that is no service",
    (d) => (d.registry.service = "image"),
    'registry.service is "image", but there is no service of kind harbor of that name: did you mean images? Known: images',
  ),
  onprem(
    "a registry's project that Harbor does not have",
    (d) => (d.registry.project = "platfrom"),
    'registry.project is "platfrom", but there is no project of the service images of that name: did you mean platform? Known: platform, docker-hub',
  ),
  onprem(
    "a registry that nobody may pull from",
    (d) => delete d.services.images.robots.nodes,
    'registry.project is "platform", but no robot of the service images may pull from it: add one with may: "pull", or make the project public',
  ),
  onprem(
    "a registry with two addresses",
    (d) => (d.registry.host = "harbor.corp.acme.example"),
    'registry.host is "harbor.corp.acme.example", but the service images has an address of its own: remove host, or service',
  ),
  onprem(
    "a registry without an address",
    (d) => delete d.registry.service,
    "registry.host is missing: nobody knows where images come from: name the registry's host, or in service a Harbor of this environment",
  ),
  {
    title: "a range of ports over another port",
    of: "onprem",
    change: (d) => (d.machines["build-1"].open = { web: { port: 80, last: 90 }, admin: { port: 85 } }),
    refusal:
      "onprem.machines.build-1.open.admin.port is 85, but the port is taken by web on machine build-1: use another one",
  },
  {
    title: "a range of ports over SSH",
    of: "onprem",
    change: (d) => (d.machines["build-1"].open = { old: { port: 20, last: 30 } }),
    refusal:
      "onprem.machines.build-1.open.old.port is 20, but the port is taken by SSH on machine build-1: use another one",
  },
  {
    title: "a disk's link that a script would take apart",
    of: "onprem",
    change: (d) => (d.machines["build-1"].disks = { "/dev/disk/by-id/$(id)": { size: "1Ti", use: "data" } }),
    refusal:
      'onprem.machines.build-1.disks["/dev/disk/by-id/$(id)"] is "/dev/disk/by-id/$(id)", but a link to a disk consists of letters, digits and _.:@+=-: name the disk by its link below /dev/disk/by-id',
  },
  {
    title: "a store's region in words",
    of: "onprem",
    change: (d) => (d.services.store.region = "EU Central"),
    refusal:
      'onprem.services.store.region is "EU Central", but a store\'s region consists of a-z, 0-9 and -: leave it out, or write it like us-east-1',
  },
  {
    title: "a group of administrators without a name",
    of: "onprem",
    change: (d) => (d.services.images.adminGroup = " "),
    refusal: 'onprem.services.images.adminGroup is " ", but it must not be empty: write it in plain words',
  },
];

function more(draft: Draft, count: number): void {
  for (let index = 0; index < count; index++) {
    const address = `10.10.3.${index + 1}`;
    draft.machines[`more-${index}`] = { provider: "existing", role: "plain", address, cpus: 1, memory: "1Gi" };
  }
}
