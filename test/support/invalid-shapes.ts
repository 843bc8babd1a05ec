import type { Draft } from "./environments";
import type { InvalidCase } from "./invalid-environments";

/** Gives `object` a key as no literal can: `{ __proto__: ... }` says something else. */
const own = (object: Draft, key: string, value: unknown) =>
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

/** What may be wrong with the form of the data, in whichever part. */
export const invalidShapes: readonly InvalidCase[] = [
  {
    title: "a name that JavaScript keeps for itself",
    of: "local",
    change: (d) => own(d.apps, "__proto__", d.apps["start-page"]),
    refusal: 'local.apps.__proto__ is "__proto__", but JavaScript keeps this name for itself: choose another name',
  },
  {
    title: "a value that is computed whenever it is read",
    of: "local",
    change: (d) =>
      Object.defineProperty(d.apps["start-page"], "image", {
        enumerable: true,
        get: () => {
          throw new Error("read");
        },
      }),
    refusal:
      'local.apps.start-page.image is "a getter", but it is computed whenever it is read, and data is written: write the value itself',
  },
  {
    title: "a part that is an object of a class",
    of: "local",
    change: (d) => (d.storage = new Map()),
    refusal: "local.storage is {}, but it is an object of a class, and data is made of plain objects: write { ... }",
  },
  {
    title: "a part that is called like what every object has",
    of: "local",
    change: (d) => own(d, "constructor", {}),
    refusal:
      "local.constructor is {}, but there is no part of that name: use one of name, organisation, state, removal, network, access, base, machines, cluster, services, registry, secretStore, storage, databases, apps, callhome",
  },
  {
    title: "a list where a text belongs",
    of: "local",
    change: (d) => (d.apps["start-page"].namespace = []),
    refusal: 'local.apps.start-page.namespace is [], but it must be of type string: write a text in quotes, "..."',
  },
  {
    title: "a number below two bounds at once",
    of: "local",
    change: (d) => (d.apps["start-page"].port = -1),
    refusal: "local.apps.start-page.port is -1, but it must be at least 1024: use 1024 or more",
  },
  {
    title: "a number above two bounds at once",
    of: "local",
    change: (d) => (d.apps["start-page"].replicas = 1e21),
    refusal: "local.apps.start-page.replicas is 1e+21, but it must be at most 100: use 100 or less",
  },
  {
    title: "a number where a text or an object belongs",
    of: "local",
    change: (d) => (d.apps["start-page"].image = 5),
    refusal:
      'local.apps.start-page.image is 5, but it has none of the forms allowed: write a text in quotes, "...", or { ... }',
  },
  {
    title: "an empty text",
    of: "local",
    change: (d) => (d.access.teams.it.groups = [""]),
    refusal: 'local.access.teams.it.groups[0] is "", but it must not be empty: write what it is',
  },
  {
    title: "an empty list",
    of: "local",
    change: (d) => (d.network.blocks = []),
    refusal: "local.network.blocks is [], but it must not be empty: list at least one",
  },
  {
    title: "blanks where a reader expects words",
    of: "local",
    change: (d) => (d.organisation = "  "),
    refusal: 'local.organisation is "  ", but it must not be empty: write it in plain words',
  },
  {
    title: "a day that no calendar has",
    of: "onprem",
    change: (d) => (d.services.store.driver.waiver.until = "2027-02-30"),
    refusal:
      'onprem.services.store.driver.waiver.until is "2027-02-30", but that is no day of the calendar: write it as year, month and day, like 2026-12-31',
  },
  {
    title: "a name whose capitals would be refused again in every name made of it",
    of: "aws",
    change: (d) => (d.name = "Prod"),
    refusal:
      'Prod.name is "Prod", but a name consists of a-z, 0-9 and -, and begins and ends with a letter or digit: choose a short name, like onprem or aws-eu',
  },
  {
    title: "a size of nothing",
    of: "local",
    change: (d) => (d.apps["start-page"].resources.memory = "0Mi"),
    refusal:
      'local.apps.start-page.resources.memory is "0Mi", but a size is a whole number, not 0, and Mi, Gi or Ti: write it like 50Gi',
  },
  {
    title: "an address with a port that cannot be",
    of: "onprem",
    change: (d) => (d.state.address = "https://gitlab.acme.example:99999/state"),
    refusal:
      'onprem.state.address is "https://gitlab.acme.example:99999/state", but its host or its port cannot be: write it like https://gitlab.example.com/api/v4/projects/42/terraform/state',
  },
  {
    title: "a secret store with a port that cannot be",
    of: "onprem",
    change: (d) =>
      (d.secretStore = {
        kind: "external-secrets",
        from: { kind: "vault", server: "https://vault.acme.example:99999" },
      }),
    refusal:
      'onprem.secretStore.from.server is "https://vault.acme.example:99999", but its host or its port cannot be: write it like https://vault.example.com:8200',
  },
  {
    title: "state in a bucket that is written as an address",
    of: "aws",
    change: (d) => (d.state.bucket = "s3://acme-terraform-state"),
    refusal:
      'aws.state.bucket is "s3://acme-terraform-state", but a bucket\'s name has 3 to 63 of a-z, 0-9, . and -: write its name alone, like acme-terraform-state',
  },
  {
    title: "state in a region that is none",
    of: "aws",
    change: (d) => (d.state.region = "eu"),
    refusal: 'aws.state.region is "eu", but that is no AWS region: write it like eu-central-1',
  },
  {
    title: "state below an address that ends in a slash",
    of: "onprem",
    change: (d) => (d.state.address = "https://gitlab.acme.example/state/"),
    refusal:
      'onprem.state.address is "https://gitlab.acme.example/state/", but state travels over HTTPS only, below an address that does not end in /: write it like https://gitlab.example.com/api/v4/projects/42/terraform/state',
  },
  {
    title: "a registry that would be a folder of Docker Hub",
    of: "local",
    change: (d) => (d.registry.host = "harbor"),
    refusal:
      'local.registry.host is "harbor", but of a name without dot and port a container runtime thinks that it is a folder of Docker Hub: write it like harbor.example.com',
  },
  {
    title: "a registry at a port that cannot be",
    of: "local",
    change: (d) => (d.registry.host = "localhost:99999"),
    refusal:
      'local.registry.host is "localhost:99999", but its host or its port cannot be: write it like harbor.example.com',
  },
  {
    title: "services that have no room for the cluster's DNS",
    of: "onprem",
    change: (d) => (d.cluster.serviceBlock = "10.96.0.0/29"),
    refusal:
      'onprem.cluster.serviceBlock is "10.96.0.0/29", but Kubernetes takes a block between /28 and /12: leave it out, or use one like 10.96.0.0/16',
  },
  {
    title: "services in addresses of groups",
    of: "onprem",
    change: (d) => (d.cluster.serviceBlock = "224.0.0.0/16"),
    refusal:
      'onprem.cluster.serviceBlock is "224.0.0.0/16", but it has addresses that are reserved for groups and experiments (224.0.0.0/3): choose one like 10.96.0.0/16',
  },
  {
    title: "a VPC in addresses of one link",
    of: "aws",
    change: (d) => (d.network.block = "169.254.0.0/16"),
    refusal:
      'aws.network.block is "169.254.0.0/16", but it has addresses that are reserved for one link (169.254.0.0/16): use one like 10.20.0.0/16',
  },
  {
    title: "a VPC without room for its private subnets, told once",
    of: "aws",
    change: (d) => (d.network.privatePrefix = 16),
    refusal:
      "aws.network.privatePrefix is 16, but half of 10.20.0.0/16 has no room for 3 subnets of /16: use a longer prefix (smaller subnets), fewer zones or a larger block",
  },
  {
    title: "an administrator by a pattern",
    of: "aws",
    change: (d) => (d.cluster.admins = ["arn:aws:iam::123456789012:role/*"]),
    refusal:
      'aws.cluster.admins[0] is "arn:aws:iam::123456789012:role/*", but an admin is the ARN of a role or user: write it like arn:aws:iam::123456789012:role/platform-admin',
  },
  {
    title: "a node's disk larger than EBS has any",
    of: "aws",
    change: (d) => (d.cluster.pools.general.disk = "17Ti"),
    refusal:
      'aws.cluster.pools.general.disk is "17Ti", but an EBS volume has at most 16Ti: use less, and claim volumes for data',
  },
];
