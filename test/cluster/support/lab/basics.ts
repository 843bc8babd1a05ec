import type { EnvironmentSpec } from "../../../../platform/environment-spec";

/** What every environment of the laboratory says. */
export const basics: Pick<EnvironmentSpec, "name" | "organisation" | "state" | "network" | "registry"> = {
  name: "lab",
  organisation: "Test laboratory",
  state: { kind: "local" },
  network: { kind: "existing", domain: "lab.example", reach: "internal", blocks: ["10.77.0.0/24"] },
  registry: { host: "registry.lab.example", project: "lab" },
};
