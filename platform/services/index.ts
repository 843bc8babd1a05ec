import { domain } from "../shared/domain";
import { checkServices } from "./checks";
import { resolveServices, type ServiceNeeds, type Services } from "./resolve";
import { servicesSpec } from "./spec";

export { NODE_EXPORTER_PORT, type OpenPort, openPorts, RKE2_PORTS, servicesOf } from "./ports";
export type { HaproxyService, Member, Service, Services } from "./resolve";

/** What machines serve: load balancers, file servers, stores, registries. */
export const services = domain<typeof servicesSpec, ServiceNeeds, Services>({
  schema: servicesSpec,
  needs: ["network", "machines", "cluster", "base"],
  resolve: resolveServices,
  check: checkServices,
});
