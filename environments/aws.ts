import { defineEnvironment } from "../platform/environment-spec";

/** What the public sees: one VPC over three zones, one EKS cluster, one machine to administer it from. */
export const aws = defineEnvironment({
  name: "aws",
  organisation: "Acme Software",
  state: { kind: "s3", bucket: "acme-terraform-state", region: "eu-central-1" },

  network: {
    kind: "vpc",
    domain: "acme.example",
    reach: "public",
    account: "123456789012",
    region: "eu-central-1",
    block: "10.20.0.0/16",
    zones: ["a", "b", "c"],
  },

  access: {
    teams: {
      it: { groups: ["acme-it"], role: "platform" },
      dev: { groups: ["acme-dev"], role: "developers" },
    },
    namespaces: {
      web: { team: "it", quota: { cpu: "4", memory: "8Gi" } },
    },
  },

  machines: {
    "bastion-1": {
      provider: "ec2",
      role: "bastion",
      instanceType: "t3.small",
      zone: "a",
      image: "ami-0123456789abcdef0",
    },
  },

  cluster: {
    distribution: "eks",
    pools: {
      general: { instanceType: "m6i.large", least: 3, most: 6 },
      builds: { instanceType: "c7i.xlarge", least: 1, most: 4, taints: ["dedicated=builds:NoSchedule"] },
    },
    admins: ["arn:aws:iam::123456789012:role/platform-admin"],
    gateway: {
      className: "envoy",
      proxyNamespace: "envoy-gateway-system",
      certificate: "wildcard-acme-example",
    },
  },

  secretStore: { kind: "external-secrets", from: { kind: "aws-secrets-manager" } },

  registry: { host: "123456789012.dkr.ecr.eu-central-1.amazonaws.com", project: "platform" },

  storage: {
    buckets: {
      backups: { purpose: "cluster backups", keepVersions: "90d" },
    },
    classes: { gp3: { kind: "ebs", default: true } },
  },

  databases: {
    callhome: {
      kind: "rds",
      instanceClass: "db.t4g.medium",
      storage: "50Gi",
      database: "callhome",
      user: "callhome",
      password: { secret: "callhome-database", key: "password" },
      ca: { secret: "callhome-database", key: "ca.crt" },
    },
  },

  callhome: {
    namespace: "web",
    database: "callhome",
    hashKey: { secret: "callhome", key: "hash-key" },
    replicas: { least: 2, most: 6 },
    products: [
      {
        name: "pdf-light",
        latest: "5.0.2",
        legacy: { paths: ["/callhome.php"], aliases: { version: ["v"], instance: ["machine"] }, body: "OK" },
      },
    ],
  },

  apps: {
    "start-page": {
      title: "Start page",
      namespace: "web",
      image: { own: "start-page" },
      port: 8080,
      resources: { cpu: "50m", memory: "128Mi" },
      host: "start",
      metrics: "/metrics",
    },
  },
});
