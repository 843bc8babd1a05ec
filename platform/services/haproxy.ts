import { z } from "zod";
import { cidr, ipAddress, port } from "../shared/fields";
import { ref } from "../shared/references";

/** What clients reach the ingress controllers by: ports 80 and 443. */
const ingress = z.strictObject({
  /** Machines on which the ingress controllers listen; every agent of the cluster where none is named. */
  nodes: z.array(ref("machine")).min(1).optional(),
  /**
   * `proxy-protocol`: connections are passed on with the client's address in front, which the ingress controllers must expect;
   * `tcp`: passed on without it, so that everything behind sees this machine as its client.
   */
  mode: z.enum(["proxy-protocol", "tcp"]).default("proxy-protocol"),
  /** Ports on which the ingress controllers listen. */
  ports: z.strictObject({ http: port().default(80), https: port().default(443) }).prefault({}),
});

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
      /** Network interface that holds it. */
      interface: z
        .string()
        .regex(/^[\w.-]{1,15}$/)
        .default("eth0"),
      /** Tells this pair from others in the same network, 1 to 255. */
      routerId: z.int().min(1).max(255).default(51),
    })
    .optional(),
  /** Networks whose clients may connect; the environment's own where none is named. */
  openTo: z.array(cidr()).min(1).optional(),
  /** Statistics and metrics, on the machine's own address. */
  statisticsPort: port().default(8404),
});
