import { defineEnvironment } from "../platform/environment-spec";

/** A laptop: a single-node cluster that exists already, to try things on. */
export const local = defineEnvironment({
  name: "local",
  organisation: "Acme Software",
  state: { kind: "local" },
  removal: "destroy",

  network: { kind: "existing", domain: "local.test", reach: "internal", blocks: ["127.0.0.0/8"] },

  access: {
    teams: { it: { groups: ["acme-it"], role: "platform" } },
    namespaces: { playground: { team: "it", quota: { cpu: "2", memory: "4Gi" } } },
  },

  cluster: {
    distribution: "existing",
    nodes: { laptop: { cpus: 4, memory: "8Gi" } },
    podBlock: "10.42.0.0/16",
    gateway: { className: "traefik", proxyNamespace: "kube-system" },
    // With the Traefik of k3s; kind, for one, has none.
    brings: ["gateway-api"],
  },

  registry: { host: "localhost:5000", project: "platform" },

  callhome: {
    namespace: "playground",
    database: { kind: "embedded", size: "5Gi" },
    replicas: { least: 1, most: 1 },
  },

  apps: {
    "start-page": {
      title: "Start page",
      namespace: "playground",
      image: { own: "start-page" },
      port: 8080,
      replicas: 1,
      resources: { cpu: "50m", memory: "128Mi" },
      host: "start",
      metrics: "/metrics",
    },
  },
});
