import { domain } from "../shared/domain";
import { checkServices } from "./checks";
import { resolveServices, type Services } from "./resolve";
import type { ServiceNeeds } from "./shared";
import { servicesSpec } from "./spec";

export { type Front, frontsBefore, originOf } from "./haproxy/fronts";
export { type LoadBalancer, loadBalancerOf } from "./haproxy/load-balancer";
export {
  type DenyRule,
  type HaproxyService,
  type Ingress,
  peersOf,
  RKE2_PORTS,
  type VirtualAddress,
} from "./haproxy/resolve";
export {
  bucketOf,
  type ContainerRegistry,
  HARBOR_METRICS_PORT,
  type HarborDatabase,
  type HarborProject,
  type HarborRobot,
  type HarborService,
  mirrorsOf,
  type RegistryMirror,
  registryOf,
} from "./harbor/resolve";
export { NFS_ROOT, type NfsExport, type NfsService } from "./nfs-server/resolve";
export { NODE_EXPORTER_PORT, openPorts, SSH } from "./ports";
export { checkReach, nodeCallers } from "./reach";
export { downloadsOf, type Service, type Services, servicesOf } from "./resolve";
export type { S3StoreService, StoreBucket } from "./s3-store/resolve";
export type { Member, OpenPort } from "./shared";

/** What machines serve: load balancers, file servers, stores, registries. */
export const services = domain<typeof servicesSpec, ServiceNeeds, Services>({
  schema: servicesSpec,
  needs: ["network", "machines", "cluster", "databases", "base"],
  resolve: resolveServices,
  check: checkServices,
});
