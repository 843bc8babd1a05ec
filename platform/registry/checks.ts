import type { ClusterModel } from "../cluster";
import { checkReach, type HarborService, nodeCallers, type Services } from "../services";
import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import type { Registry } from "./resolve";

export interface RegistryNeeds {
  readonly services: Services;
  readonly cluster: ClusterModel;
}

export function checkRegistry({ named, pull }: Registry, report: Report, { services, cluster }: RegistryNeeds): void {
  if (named === undefined) {
    if (cluster.cluster === undefined) return;
    const cure = "name its project, and in service a Harbor of this environment or in host another registry";
    report.refuse(["registry"], undefined, "the cluster pulls the company's own images from it", cure);
    return;
  }
  const { service: name, host, project } = named;
  if (name === undefined) {
    if (host === undefined) {
      const cure = "name the registry's host, or in service a Harbor of this environment";
      report.refuse(["registry", "host"], undefined, "nobody knows where images come from", cure);
    }
    return;
  }
  if (host !== undefined) {
    const cure = "remove host, or service";
    report.refuse(["registry", "host"], host, `the service ${name} has an address of its own`, cure);
  }
  const harbors = services.all.filter((one): one is HarborService => one.kind === "harbor");
  const names = harbors.map((harbor) => harbor.name);
  if (unknownKey(report, ["registry", "service"], name, "service of kind harbor", names)) return;
  const found = harbors.find((harbor) => harbor.name === name);
  const projects = found?.projects ?? [];
  const clients = found?.openTo ?? [];
  checkReach(["services", name, "openTo"], clients, nodeCallers(cluster.cluster), "pull images from it", report);
  const keys = projects.map((one) => one.name);
  if (unknownKey(report, ["registry", "project"], project, `project of the service ${name}`, keys)) return;
  if (pull === undefined && !projects.some((one) => one.name === project && one.public)) {
    const rule = `no robot of the service ${name} may pull from it`;
    report.refuse(["registry", "project"], project, rule, 'add one with may: "pull", or make the project public');
  }
}
