import { defineEnvironment } from "../platform/environment-spec";

/** The company's own estate: eighteen machines that exist already, one RKE2 cluster for internal tools. */
export const onprem = defineEnvironment({
  name: "onprem",
  organisation: "Acme Software",
  state: { kind: "http", address: "https://gitlab.acme.example/api/v4/projects/42/terraform/state" },

  network: { kind: "existing", domain: "corp.acme.example", reach: "internal", blocks: ["10.10.0.0/22"] },

  access: {
    teams: {
      it: { groups: ["acme-it"], role: "platform" },
      dev: { groups: ["acme-dev"], role: "developers" },
    },
    namespaces: {
      "internal-tools": { team: "it", quota: { cpu: "4", memory: "8Gi" } },
      "dev-apps": { team: "dev", quota: { cpu: "8", memory: "16Gi" } },
    },
  },

  machines: {
    "rke2-1": { provider: "existing", role: "rke2-server", address: "10.10.0.11", cpus: 4, memory: "8Gi" },
    "rke2-2": { provider: "existing", role: "rke2-server", address: "10.10.0.12", cpus: 4, memory: "8Gi" },
    "rke2-3": { provider: "existing", role: "rke2-server", address: "10.10.0.13", cpus: 4, memory: "8Gi" },

    "node-1": { provider: "existing", role: "rke2-agent", address: "10.10.0.21", cpus: 8, memory: "32Gi" },
    "node-2": { provider: "existing", role: "rke2-agent", address: "10.10.0.22", cpus: 8, memory: "32Gi" },
    "node-3": { provider: "existing", role: "rke2-agent", address: "10.10.0.23", cpus: 8, memory: "32Gi" },
    "stor-1": {
      provider: "existing",
      role: "rke2-agent",
      address: "10.10.0.31",
      cpus: 8,
      memory: "32Gi",
      disks: { "/dev/disk/by-id/scsi-stor-1-a": { size: "2Ti", use: "storage" } },
    },
    "stor-2": {
      provider: "existing",
      role: "rke2-agent",
      address: "10.10.0.32",
      cpus: 8,
      memory: "32Gi",
      disks: { "/dev/disk/by-id/scsi-stor-2-a": { size: "2Ti", use: "storage" } },
    },
    "stor-3": {
      provider: "existing",
      role: "rke2-agent",
      address: "10.10.0.33",
      cpus: 8,
      memory: "32Gi",
      disks: { "/dev/disk/by-id/scsi-stor-3-a": { size: "2Ti", use: "storage" } },
    },

    "lb-1": { provider: "existing", role: "haproxy", address: "10.10.1.11", cpus: 2, memory: "2Gi" },
    "lb-2": { provider: "existing", role: "haproxy", address: "10.10.1.12", cpus: 2, memory: "2Gi" },
    harbor: {
      provider: "existing",
      role: "harbor",
      address: "10.10.1.21",
      cpus: 4,
      memory: "8Gi",
      disks: { "/dev/disk/by-id/scsi-harbor-data": { size: "500Gi", use: "data" } },
    },
    "s3-1": {
      provider: "existing",
      role: "s3-store",
      address: "10.10.1.31",
      cpus: 4,
      memory: "16Gi",
      disks: { "/dev/disk/by-id/scsi-s3-1-data": { size: "4Ti", use: "data" } },
    },
    "nfs-1": {
      provider: "existing",
      role: "nfs-server",
      address: "10.10.1.41",
      cpus: 2,
      memory: "4Gi",
      disks: { "/dev/disk/by-id/scsi-nfs-1-data": { size: "1Ti", use: "data" } },
    },

    "pg-1": { provider: "existing", role: "plain", address: "10.10.2.11", cpus: 8, memory: "32Gi", note: "PostgreSQL" },
    gitlab: {
      provider: "existing",
      role: "plain",
      address: "10.10.2.21",
      cpus: 8,
      memory: "16Gi",
      note: "GitLab",
      open: { http: { port: 80 }, https: { port: 443 }, "git-ssh": { port: 2222 } },
    },
    "build-1": { provider: "existing", role: "plain", address: "10.10.2.31", cpus: 16, memory: "32Gi", note: "builds" },
    "build-2": { provider: "existing", role: "plain", address: "10.10.2.32", cpus: 16, memory: "32Gi", note: "builds" },
  },

  cluster: {
    distribution: "rke2",
    endpoint: "k8s.corp.acme.example",
    servers: ["rke2-1", "rke2-2", "rke2-3"],
    pools: {
      general: { machines: ["node-1", "node-2", "node-3"] },
      storage: { machines: ["stor-1", "stor-2", "stor-3"] },
    },
    gateway: { className: "traefik", proxyNamespace: "kube-system", certificate: "wildcard-corp-acme-example" },
    // With RKE2's own Traefik.
    brings: ["gateway-api"],
  },

  services: {
    front: {
      kind: "haproxy",
      machines: ["lb-1", "lb-2"],
      ingress: { mode: "proxy-protocol" },
      virtualAddress: { address: "10.10.1.10" },
    },
    store: {
      kind: "s3-store",
      machine: "s3-1",
      driver: {
        name: "minio",
        server: {
          from: "/opt/bastide/minio",
          sha256: "placeholder",
        },
        client: {
          from: "/opt/bastide/mc",
          sha256: "placeholder",
        },
        waiver: { until: "2027-06-30", reason: "no other store locks objects; successor to be chosen by then" },
      },
      certificate: { chain: "s3-tls", key: "s3-tls" },
      buckets: {
        "cluster-backups": { lock: "14d", keepVersions: "30d" },
        "harbor-images": { versioning: false },
        "harbor-backups": { lock: "14d", keep: "60d", keepVersions: "30d" },
      },
    },
    files: {
      kind: "nfs-server",
      machine: "nfs-1",
      exports: { shared: { quota: "500Gi" }, volumes: { rootSquash: false, clients: ["10.10.0.0/24"] } },
    },
    images: {
      kind: "harbor",
      machine: "harbor",
      url: "https://harbor.corp.acme.example",
      installer: {
        from: "/opt/bastide/harbor-offline-installer-v2.15.2.tgz",
        sha256: "placeholder",
      },
      compose: {
        from: "/opt/bastide/docker-compose",
        sha256: "placeholder",
      },
      certificate: { chain: "harbor-tls", key: "harbor-tls" },
      oidc: {
        kind: "existing",
        issuer: "https://id.corp.acme.example/realms/acme",
        clientId: "harbor",
        secret: "harbor-oidc",
      },
      adminGroup: "acme-it",
      storage: { kind: "s3", service: "store", bucket: "harbor-images" },
      backup: { kind: "s3", service: "store", bucket: "harbor-backups" },
      projects: {
        platform: { quota: "200Gi", keepLast: 20 },
        "docker-hub": { public: true, caches: { registry: "docker-hub", endpoint: "https://registry-1.docker.io" } },
      },
      robots: {
        nodes: { project: "platform", may: "pull", secret: "harbor-pull" },
        ci: { project: "platform", may: "push", secret: "harbor-push" },
      },
    },
  },

  registry: { service: "images", project: "platform" },

  storage: {
    ceph: {
      devices: { kind: "disks", machines: ["stor-1", "stor-2", "stor-3"] },
      pools: { block: { replicas: 3 } },
      filesystems: { shared: { replicas: 3 } },
      objectStores: { objects: { replicas: 3, users: { builds: { purpose: "build artefacts", buckets: 5 } } } },
    },
    classes: {
      "ceph-block": { kind: "ceph-block", pool: "block", default: true },
      "ceph-files": { kind: "ceph-files", filesystem: "shared" },
      nfs: { kind: "nfs", service: "files", export: "volumes" },
    },
  },

  databases: {
    callhome: {
      kind: "external",
      server: "pg-1",
      database: "callhome",
      user: "callhome",
      password: { secret: "callhome-database", key: "password" },
      ca: { secret: "callhome-database", key: "ca.crt" },
    },
  },

  callhome: {
    namespace: "internal-tools",
    database: "callhome",
    hashKey: { secret: "callhome", key: "hash-key" },
    timeZone: "Europe/Paris",
    products: [
      { name: "workbench", latest: "3.4.0" },
      {
        name: "pdf-light",
        latest: "5.0.2",
        legacy: {
          paths: ["/callhome.php", "/ping/:version/:instance"],
          aliases: { version: ["v"], instance: ["machine"] },
          body: "OK",
        },
      },
    ],
  },

  apps: {
    "start-page": {
      title: "Start page",
      namespace: "internal-tools",
      image: { own: "start-page" },
      port: 8080,
      resources: { cpu: "50m", memory: "128Mi" },
      host: "start",
      metrics: "/metrics",
    },
  },
});
