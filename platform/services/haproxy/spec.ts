import { z } from "zod";
import { serverCertificate } from "../../shared/certificate";
import { cidr, ipAddress, label, pattern, port } from "../../shared/fields";
import { ref } from "../../shared/references";

/** Who answers behind 80 and 443. */
const behind = {
  /** Machines on which the ingress controllers listen; every agent of the cluster where none is named. */
  nodes: z.array(ref("machine")).min(1).optional(),
  /** Ports on which they listen. */
  ports: z.strictObject({ http: port().default(80), https: port().default(443) }).prefault({}),
  /**
   * Addresses from which the load balancer's machines come to the nodes, where that is not their `address`: those of a second network.
   * Nodes let nobody else in where a client's address is told.
   */
  sourceAddresses: z.array(ipAddress()).default([]),
};

/** A request that is answered with 403 and goes no further. */
const denyRule = z.strictObject({
  /** `url` is path and query as sent and decoded; `headers` are all of them. */
  in: z.enum(["url", "headers"]),
  /** Regular expression, whatever the case of letters. */
  matching: pattern(
    /^[^'"\n\r]{1,500}$/,
    "a pattern has at most 500 characters, without quotes",
    "write a quote as the expression \\x22 or \\x27",
  ),
});

const ingress = z.discriminatedUnion("mode", [
  z.strictObject({
    /** Connections are passed on with the client's address in front, which the ingress controllers must expect. */
    mode: z.literal("proxy-protocol"),
    ...behind,
  }),
  z.strictObject({
    /** Connections are passed on as they are; everything behind sees the load balancer as its client. */
    mode: z.literal("tcp"),
    ...behind,
    /** Must be said: that nothing behind decides, limits or logs by the client's address. */
    clientAddress: z.literal("not-needed").optional(),
  }),
  z.strictObject({
    /** TLS ends here: requests are looked at, logged, and passed on over TLS of their own. */
    mode: z.literal("http"),
    ...behind,
    certificate: serverCertificate(),
    /** Requests that are refused, by a name of your own that the log shows. */
    deny: z.record(label(), denyRule).default({}),
  }),
]);

const interfaceName = pattern(/^[\w.-]{1,15}$/, "that is no name of an interface", "write it like eth0");

/** A load balancer in front of the cluster, on one machine or a pair. */
export const haproxySpec = z.strictObject({
  kind: z.literal("haproxy"),
  /** One, or a pair that shares the virtual address. */
  machines: z.array(ref("machine")).min(1).max(2),
  /** Servers of the cluster that get 6443 and 9345; all of them where none is named. */
  servers: z.array(ref("machine")).min(1).optional(),
  ingress: ingress.optional(),
  /** An address that the healthy one of a pair holds. */
  virtualAddress: z
    .strictObject({
      address: ipAddress(),
      /** Network interface that holds it: of both machines, or of each in their order, `["eno1", "ens18"]`. */
      interface: z.union([interfaceName, z.tuple([interfaceName, interfaceName])]).default("eth0"),
      /** Tells this pair from others in the same network. */
      routerId: z.int().min(1).max(255).default(51),
    })
    .optional(),
  /** Networks whose clients may connect; the environment's own where none is named. */
  openTo: z.array(cidr()).min(1).optional(),
  /**
   * Networks whose clients may reach the API server of the cluster behind it; must be said where `openTo` names the whole world.
   * @default - those of `openTo`
   */
  apiOpenTo: z.array(cidr()).min(1).optional(),
  /** The most that may be open at once; each takes two files and about 35 KiB. */
  maxConnections: z.int().min(100).max(200_000).default(20_000),
  /** Statistics and metrics, on the machine's own address, for the environment's networks. */
  statisticsPort: port().default(8404),
});
