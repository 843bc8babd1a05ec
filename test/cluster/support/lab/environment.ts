import { defineEnvironment, type EnvironmentSpec } from "../../../../platform/environment-spec";
import type { Machine } from "../../../testbed/machines/machine";

/** Servers behind the load balancers: the test itself plays them, at addresses of its own beside the machines. */
export const backends = { "web-1": "10.77.0.2", "web-2": "10.77.0.3" } as const;

/** Ports on which they listen. */
export const backendPorts = { http: 8080, https: 8443 };

export interface LabProps {
  /** Those that were started, or will be, by name. */
  readonly machines: Readonly<Record<"lb-1" | "lb-2" | "plain-1", Pick<Machine, "address"> & Partial<Machine>>>;
  /** Private key of whoever applies. */
  readonly keyFile: string;
  /** @default 8404 */
  readonly statisticsPort?: number;
}

/** Two load balancers in front of what the test plays, and a machine that has the base alone. */
export function labEnvironment({ machines, keyFile, statisticsPort }: LabProps): EnvironmentSpec {
  const existing = (name: keyof typeof machines, role: "haproxy" | "plain") => {
    const { address, hostKey } = machines[name];
    const ssh = { user: "debian", hostKey, keyFile };
    return { provider: "existing", role, address, ssh, cpus: 2, memory: "2Gi" } as const;
  };
  const node = (name: keyof typeof backends) =>
    ({ provider: "existing", role: "plain", address: backends[name], cpus: 2, memory: "4Gi" }) as const;
  return defineEnvironment({
    name: "lab",
    organisation: "Test laboratory",
    state: { kind: "local" },
    registry: { host: "registry.lab.example", project: "lab" },
    network: { kind: "existing", domain: "lab.example", reach: "internal", blocks: ["10.77.0.0/24"] },
    machines: {
      "lb-1": existing("lb-1", "haproxy"),
      "lb-2": existing("lb-2", "haproxy"),
      "plain-1": existing("plain-1", "plain"),
      "web-1": node("web-1"),
      "web-2": node("web-2"),
    },
    services: {
      front: {
        kind: "haproxy",
        machines: ["lb-1", "lb-2"],
        // The machine that runs the test may allow its machines fewer open files than a real one has.
        maxConnections: 2000,
        statisticsPort,
        ingress: { mode: "tcp", clientAddress: "not-needed", nodes: ["web-1", "web-2"], ports: backendPorts },
      },
    },
  });
}
