import type { InvalidCase } from "./invalid-environments";

/** What may be wrong with Callhome and with the databases. */
export const invalidCallhome: readonly InvalidCase[] = [
  {
    title: "more than one replica on an embedded database",
    of: "local",
    change: (d) => (d.callhome.replicas = { least: 1, most: 2 }),
    refusal:
      "local.callhome.replicas.most is 2, but an embedded database belongs to one replica alone: use 1, or keep calls in one of databases",
  },
  {
    title: "replicas that are not told where calls are kept",
    of: "onprem",
    change: (d) => delete d.callhome.database,
    refusal: "onprem.callhome.database is missing: it is required: add it",
  },
  {
    title: "a database that does not exist",
    of: "onprem",
    change: (d) => (d.callhome.database = "calhome"),
    refusal:
      'onprem.callhome.database is "calhome", but there is no database of that name: did you mean callhome? Known: callhome',
  },
  {
    title: "an embedded database without a size",
    of: "local",
    change: (d) => (d.callhome.database = { kind: "embedded", size: "5GB" }),
    refusal:
      'local.callhome.database.size is "5GB", but a size is a whole number, not 0, and Mi, Gi or Ti: write it like 50Gi',
  },
  {
    title: "an embedded database in a class that there is not",
    of: "onprem",
    change: (d) => {
      d.callhome.database = { kind: "embedded", size: "5Gi", class: "ceph-blok" };
      d.callhome.replicas = { least: 1, most: 1 };
    },
    refusal:
      'onprem.callhome.database.class is "ceph-blok", but there is no storage class of that name: did you mean ceph-block? Known: ceph-block, ceph-files, nfs',
  },
  {
    title: "an embedded database that is larger than its class",
    of: "onprem",
    change: (d) => {
      d.callhome.database = { kind: "embedded", size: "900Ti" };
      d.callhome.replicas = { least: 1, most: 1 };
    },
    refusal:
      'onprem.callhome.database.size is "900Ti", but class ceph-block has room for 1.7Ti when it is 85 % full: claim less, or add disks to the machines of the storage cluster',
  },
  {
    title: "replicas without a common key for their hashes",
    of: "onprem",
    change: (d) => delete d.callhome.hashKey,
    refusal:
      'onprem.callhome.hashKey is missing: every replica, and every later version, must hash names with the same key: name an entry of a secret, like { secret: "callhome", key: "hash-key" }',
  },
  {
    title: "a key itself instead of its name",
    of: "onprem",
    change: (d) => (d.callhome.hashKey = "hunter2-hunter2-hunter2-hunter2-hunter2"),
    refusal: "onprem.callhome.hashKey is (not shown), but it must be of type object: write { ... }",
  },
  {
    title: "an entry of a secret with no name",
    of: "onprem",
    change: (d) => (d.callhome.hashKey = { secret: "callhome", key: "hash key" }),
    refusal:
      "onprem.callhome.hashKey.key is (not shown), but a key consists of at most 253 letters, digits, _, - and .: name an entry of the secret, like password",
  },
  {
    title: "a secret of a setting that there is not",
    of: "onprem",
    change: (d) => (d.callhome.hashkey = { secret: "callhome", key: "hash-key" }),
    refusal: "onprem.callhome.hashkey is (not shown), but there is no setting of that name: did you mean hashKey?",
  },
  {
    title: "fewer replicas at most than at least",
    of: "onprem",
    change: (d) => (d.callhome.replicas = { least: 4, most: 2 }),
    refusal: "onprem.callhome.replicas.least is 4, but it is more than may run at most (2): use least: 2 or most: 4",
  },
  {
    title: "no replica at all",
    of: "onprem",
    change: (d) => (d.callhome.replicas = { least: 0, most: 2 }),
    refusal: "onprem.callhome.replicas.least is 0, but it must be at least 1: use 1 or more",
  },
  {
    title: "a number of hops instead of proxies",
    of: "onprem",
    change: (d) => (d.callhome.trustProxy = 1),
    refusal: "onprem.callhome.trustProxy is 1, but it must be of type array: write [ ... ]",
  },
  {
    title: "a proxy without a prefix",
    of: "onprem",
    change: (d) => (d.callhome.trustProxy = ["10.10.1.11"]),
    refusal:
      'onprem.callhome.trustProxy[0] is "10.10.1.11", but a block of addresses is its first address and the length of its prefix: write it like 10.20.0.0/16, with no bits set behind the prefix',
  },
  {
    title: "everybody as a proxy",
    of: "onprem",
    change: (d) => (d.callhome.trustProxy = ["10.10.1.11/32", "0.0.0.0/0"]),
    refusal:
      'onprem.callhome.trustProxy[1] is "0.0.0.0/0", but whoever connects from there could claim any address, and with it any country and any limit: name the proxies\' own addresses, like 10.10.1.11/32',
  },
  {
    title: "more replicas at most than the nodes carry",
    of: "onprem",
    change: (d) => {
      d.callhome.replicas = { least: 2, most: 90 };
      d.callhome.resources = { cpu: "1", memory: "1Gi" };
      d.access.namespaces["internal-tools"].quota = { cpu: "200", memory: "200Gi", pods: 200 };
    },
    refusal:
      'onprem.callhome.resources is "1 CPU and 1Gi", but 66 of 90 replicas find no place on 6 nodes with 45 CPU and 189864Mi together: add a node, use larger ones, or ask for less',
  },
  {
    title: "a quota without room for all that the load may start",
    of: "onprem",
    change: (d) => {
      d.callhome.replicas = { least: 2, most: 40 };
      d.access.namespaces["internal-tools"].quota.memory = "64Gi";
    },
    refusal:
      'onprem.access.namespaces.internal-tools.quota.cpu is "4", but its applications ask for 10450m while they are updated: raise the quota or ask for less',
  },
  {
    title: "a host that an application has",
    of: "onprem",
    change: (d) => (d.callhome.host = "start"),
    refusal:
      'onprem.callhome.host is "start", but application start-page answers under start.corp.acme.example already: give it a host of its own',
  },
  {
    title: "the host of a machine for Callhome",
    of: "onprem",
    change: (d) => (d.callhome.host = "gitlab"),
    refusal:
      'onprem.callhome.host is "gitlab", but machine gitlab answers under gitlab.corp.acme.example already: give it a host of its own',
  },
  {
    title: "Callhome in no namespace",
    of: "onprem",
    change: (d) => (d.callhome.namespace = "internal-tool"),
    refusal:
      'onprem.callhome.namespace is "internal-tool", but there is no namespace of that name: did you mean internal-tools? Known: internal-tools, dev-apps',
  },
  {
    title: "Callhome in a pool that does not exist",
    of: "onprem",
    change: (d) => (d.callhome.pool = "genral"),
    refusal:
      'onprem.callhome.pool is "genral", but there is no node pool of that name: did you mean general? Known: general, storage',
  },
  {
    title: "Callhome without a cluster",
    of: "local",
    change: (d) => delete d.cluster && (d.apps = {}),
    refusal: 'local.callhome is "callhome", but it needs a cluster, and this environment has none: describe cluster',
  },
  {
    title: "an application called callhome",
    of: "onprem",
    change: (d) => (d.apps.callhome = { ...d.apps["start-page"], host: "other" }),
    refusal:
      'onprem.apps.callhome is "callhome", but a release of the platform itself has this name: choose another name',
  },
  {
    title: "optional parts that outlive their calls",
    of: "onprem",
    change: (d) => (d.callhome.keep = { contractual: 6, optional: 12 }),
    refusal:
      "onprem.callhome.keep.optional is 12, but a call's optional part cannot be kept longer than the call (6 months): use 6 or less",
  },
  {
    title: "a product described twice",
    of: "onprem",
    change: (d) => d.callhome.products.push({ name: "workbench" }),
    refusal:
      'onprem.callhome.products[2].name is "workbench", but the product is described already: describe each product once',
  },
  {
    title: "an old address that is one of the service itself",
    of: "onprem",
    change: (d) => (d.callhome.products[1].legacy.paths = ["/v1/call"]),
    refusal:
      'onprem.callhome.products[1].legacy.paths[0] is "/v1/call", but an old address begins with / and plain text, has no query, and is no path of the service itself: write it like /callhome.php or /ping/:version/:instance',
  },
  {
    title: "an old address that is everything",
    of: "onprem",
    change: (d) => (d.callhome.products[1].legacy.paths = ["/:version"]),
    refusal:
      'onprem.callhome.products[1].legacy.paths[0] is "/:version", but an old address begins with / and plain text, has no query, and is no path of the service itself: write it like /callhome.php or /ping/:version/:instance',
  },
  {
    title: "more old addresses than a route takes",
    of: "onprem",
    change: (d) =>
      (d.callhome.products[1].legacy.paths = Array.from({ length: 62 }, (_, index) => `/old/${index}.php`)),
    refusal:
      'onprem.callhome.products is "65 paths", but a route takes 64 of them together with the service\'s own: use clean paths with fields, which count once',
  },
  {
    title: "a time zone by its abbreviation",
    of: "onprem",
    change: (d) => (d.callhome.timeZone = "CET+1"),
    refusal:
      'onprem.callhome.timeZone is "CET+1", but a time zone is named by continent and city: write it like Europe/Paris',
  },
  {
    title: "limits of Callhome below what it reserves",
    of: "onprem",
    change: (d) => (d.callhome.resources = { cpu: "250m", memory: "1Gi", memoryLimit: "512Mi" }),
    refusal:
      'onprem.callhome.resources.memoryLimit is "512Mi", but it is less than memory (1Gi): raise it or leave it out',
  },
  {
    title: "a database on a machine that does not exist",
    of: "onprem",
    change: (d) => (d.databases.callhome.server = "pg-2"),
    refusal:
      'onprem.databases.callhome.server is "pg-2", but there is no machine of that name: did you mean pg-1? Known: rke2-1, rke2-2, rke2-3, node-1, node-2, node-3, stor-1, stor-2, stor-3, lb-1, lb-2, harbor, s3-1, nfs-1, pg-1, gitlab, build-1, build-2',
  },
  {
    title: "a database on a machine that has no address yet",
    of: "aws",
    change: (d) => {
      const { kind: _kind, instanceClass: _class, storage: _storage, ...common } = d.databases.callhome;
      d.databases.callhome = { ...common, kind: "external", server: "bastion-1" };
    },
    refusal:
      'aws.databases.callhome.server is "bastion-1", but its address is known only when it was made, and network policies must know it before: use kind rds, or give host and block of the server',
  },
  {
    title: "a database without its authority",
    of: "onprem",
    change: (d) => delete d.databases.callhome.ca,
    refusal: "onprem.databases.callhome.ca is missing: it is required (object): add it",
  },
  {
    title: "a database with hyphens",
    of: "onprem",
    change: (d) => (d.databases.callhome.database = "call-home"),
    refusal:
      'onprem.databases.callhome.database is "call-home", but a name in PostgreSQL consists of at most 63 of a-z, 0-9 and _, and begins with no digit: write it like callhome',
  },
  {
    title: "RDS without AWS",
    of: "onprem",
    change: (d) => {
      const { server: _server, ...common } = d.databases.callhome;
      d.databases.callhome = { ...common, kind: "rds", instanceClass: "db.t4g.medium", storage: "50Gi" };
    },
    refusal:
      'onprem.databases.callhome.kind is "rds", but RDS needs a VPC of this environment: use kind external, or describe a network of kind vpc',
  },
  {
    title: "a class that RDS does not have",
    of: "aws",
    change: (d) => (d.databases.callhome.instanceClass = "t4g.medium"),
    refusal:
      'aws.databases.callhome.instanceClass is "t4g.medium", but that is no class of RDS: write it like db.t4g.medium; t4g is the smallest family',
  },
  {
    title: "less room than RDS gives",
    of: "aws",
    change: (d) => (d.databases.callhome.storage = "10Gi"),
    refusal: 'aws.databases.callhome.storage is "10Gi", but RDS takes 20Gi to 64Ti: use 20Gi or more',
  },
  {
    title: "no room to grow",
    of: "aws",
    change: (d) => (d.databases.callhome.storageMost = "50Gi"),
    refusal:
      'aws.databases.callhome.storageMost is "50Gi", but it must be a tenth more than storage (50Gi) at least, and at most 64Ti: leave it out for twice as much',
  },
  {
    title: "backups for longer than RDS keeps them",
    of: "aws",
    change: (d) => (d.databases.callhome.keepBackups = "90d"),
    refusal:
      'aws.databases.callhome.keepBackups is "90d", but RDS keeps backups for whole days, at most 35: write it like 14d',
  },
  {
    title: "a backup window in words",
    of: "aws",
    change: (d) => (d.databases.callhome.backupWindow = "at night"),
    refusal:
      'aws.databases.callhome.backupWindow is "at night", but AWS takes a time of at least half an hour in UTC: write it like 02:00-02:30',
  },
  {
    title: "a user that RDS keeps for itself",
    of: "aws",
    change: (d) => (d.databases.callhome.user = "rdsadmin"),
    refusal:
      'aws.databases.callhome.user is "rdsadmin", but RDS or its administrator has a user of that name: give the application a user of its own, like callhome',
  },
  {
    title: "a database whose name AWS does not take",
    of: "aws",
    change: (d) => {
      d.databases = { "call--home": d.databases.callhome };
      d.callhome.database = "call--home";
    },
    refusal:
      'aws.databases.call--home is "aws-call--home", but a database\'s name in AWS has no two hyphens in a row: choose another key',
  },
  {
    title: "a time zone that nobody has",
    of: "onprem",
    change: (d) => (d.callhome.timeZone = "Europe/Pariss"),
    refusal:
      'onprem.callhome.timeZone is "Europe/Pariss", but there is no time zone of that name: write it like Europe/Paris',
  },
  {
    title: "a window that ends when it begins",
    of: "aws",
    change: (d) => (d.databases.callhome.backupWindow = "02:00-02:00"),
    refusal:
      'aws.databases.callhome.backupWindow is "02:00-02:00", but AWS takes a time of at least 30 minutes: write it like 02:00-02:30',
  },
  {
    title: "a window of ten minutes, over midnight",
    of: "aws",
    change: (d) => (d.databases.callhome.maintenanceWindow = "sun:23:55-mon:00:05"),
    refusal:
      'aws.databases.callhome.maintenanceWindow is "sun:23:55-mon:00:05", but AWS takes a time of at least 30 minutes: write it like sun:03:00-sun:03:30',
  },
  {
    title: "two windows at once, the earlier over midnight",
    of: "aws",
    change: (d) => {
      d.databases.callhome.backupWindow = "23:30-00:30";
      d.databases.callhome.maintenanceWindow = "mon:00:00-mon:01:00";
    },
    refusal:
      'aws.databases.callhome.maintenanceWindow is "mon:00:00-mon:01:00", but it overlaps backupWindow (23:30-00:30), and AWS does one at a time: let one begin when the other has ended',
  },
  {
    title: "a password that is the certificate",
    of: "aws",
    change: (d) => (d.databases.callhome.ca = d.databases.callhome.password),
    refusal:
      'aws.databases.callhome.ca is "callhome-database/password", but the password is that entry already: name an entry that holds the certificate, like ca.crt',
  },
  {
    title: "a database whose name begins with the environment's digit",
    of: "aws",
    change: (d) => (d.name = "2nd"),
    refusal:
      '["2nd"].databases.callhome is "2nd-callhome", but a database\'s name in AWS begins with a letter: give the environment a name that begins with a letter',
  },
  {
    title: "a database's address where no policy lets out",
    of: "onprem",
    change: (d) => (d.databases.callhome.server = { host: "10.9.9.9", block: "10.10.2.0/24" }),
    refusal:
      'onprem.databases.callhome.server.host is "10.9.9.9", but it lies outside block (10.10.2.0/24), and network policies let out as far as there: correct one of the two',
  },
];
