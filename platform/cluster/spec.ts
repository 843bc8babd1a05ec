import { z } from "zod";
import { byteSize, cidr, domainName, label, labelKey, labelValue, pattern, removal, taint } from "../shared/fields";
import { ref } from "../shared/references";
import { instanceTypeNames } from "../versions/instance-types";
import { defaultKubernetes, kubernetesReleases } from "../versions/kubernetes";

const minors = Object.keys(kubernetesReleases) as (keyof typeof kubernetesReleases)[];

const nodeSettings = {
  labels: z.record(labelKey(), labelValue()).default({}),
  taints: z.array(taint()).default([]),
};

/** Who answers for the shared Gateway, and from where its traffic reaches the pods. */
const gateway = z.strictObject({
  /** GatewayClass that the cluster's ingress controller serves, e.g. `traefik`. */
  className: label(),
  /** Namespace of the proxy's pods; the network policies let traffic in from there. */
  proxyNamespace: label(),
  /**
   * Secret of type kubernetes.io/tls in namespace `gateway` with the certificate of `*.<domain>`; without it only plain HTTP
   * is served, which is refused where the environment is public.
   */
  certificate: label().optional(),
});

const common = {
  version: z.enum(minors).default(defaultKubernetes),
  gateway,
  /** Addresses of services; never routed outside. The first of them is the API server's. */
  serviceBlock: cidr().prefault("10.96.0.0/16"),
};

/**
 * Sets of CRDs that the cluster has already, from whomever: Bastide then installs none of them, and neither changes nor removes them. RKE2
 * and k3s bring `gateway-api` with their Traefik, and from 1.37 on without it; GKE does so, too. Helm refuses to install over them.
 */
const brings = z.array(z.enum(["gateway-api", "prometheus-operator"])).default([]);

/** Nodes of one EKS node group. Source: EKS user guide, "View and manage service quotas", nodes per managed node group. */
const MOST_NODES = 450;

/** Elastic Kubernetes Service. */
const eks = z.strictObject({
  distribution: z.literal("eks"),
  ...common,
  pools: z.record(
    label(),
    z.strictObject({
      instanceType: z.enum(instanceTypeNames),
      /** Nodes that always run; what fits is counted with these. */
      least: z.int().min(1).max(MOST_NODES),
      /** Nodes that may run at most. */
      most: z.int().min(1).max(MOST_NODES),
      disk: byteSize().prefault("50Gi"),
      ...nodeSettings,
    }),
  ),
  /** IAM principals with administrator's rights; nobody else has any, the creator included. */
  admins: z
    .array(
      pattern(
        /^arn:aws:iam::\d{12}:(role|user)(\/[\w+=,.@-]+)+$/,
        "an admin is the ARN of a role or user",
        "write it like arn:aws:iam::123456789012:role/platform-admin",
      ),
    )
    .min(1),
  /** Networks that may reach the API server's public endpoint; empty: private endpoint only. */
  apiOpenTo: z.array(cidr()).default([]),
  /**
   * Whether it, and the key of its secrets, outlives its description.
   * @default - what the environment's `removal` says
   */
  removal: removal().optional(),
});

/** RKE2 on machines of this environment. */
const rke2 = z.strictObject({
  distribution: z.literal("rke2"),
  ...common,
  brings,
  /** Host name under which the load balancers offer the API server. */
  endpoint: domainName(),
  servers: z.array(ref("machine")).min(1),
  pools: z.record(label(), z.strictObject({ machines: z.array(ref("machine")).min(1), ...nodeSettings })),
  /** Addresses of pods, cut into a /24 for each node. */
  podBlock: cidr().prefault("10.42.0.0/16"),
});

/** A cluster that exists already, reached by a kubeconfig; a laptop's single node, for instance. */
const existing = z.strictObject({
  distribution: z.literal("existing"),
  ...common,
  brings,
  /** What its nodes can carry; Bastide makes none of them. */
  nodes: z.record(label(), z.strictObject({ cpus: z.int().min(1), memory: byteSize(), ...nodeSettings })),
  /**
   * Addresses of its pods.
   * @default - unknown: what a proxy in the cluster says of its clients is not believed, and over an overlay network the API server
   * does not reach the webhook of External Secrets on another host
   */
  podBlock: cidr().optional(),
});

export const clusterSpec = z.discriminatedUnion("distribution", [eks, rke2, existing]).optional();
