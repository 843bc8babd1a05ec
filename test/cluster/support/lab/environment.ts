import { defineEnvironment, type EnvironmentSpec } from "../../../../platform/environment-spec";
import { NODE_EXPORTER_PORT } from "../../../../platform/services";
import type { Machine } from "../../../testbed/machines/machine";
import { basics } from "./basics";
import { type StoreProps, storeMachine, storeService } from "./store-environment";

/** Servers behind the load balancers: the test itself plays them, at addresses of its own beside the machines. */
export const backends = { "web-1": "10.77.0.2", "web-2": "10.77.0.3" } as const;

/** Host name that requests are for. */
export const applicationHost = "app.lab.example";

/** Ports on which they listen. */
export const backendPorts = { http: 8080, https: 8443 };

export interface LabProps {
  /** Those that were started, or will be, by name. */
  readonly machines: Readonly<Record<"lb-1" | "lb-2" | "plain-1", Pick<Machine, "address"> & Partial<Machine>>>;
  /** Private key of whoever applies. */
  readonly keyFile: string;
  /** @default 8404 */
  readonly statisticsPort?: number;
  /** @default - nobody */
  readonly people?: NonNullable<EnvironmentSpec["access"]>["people"];
}

/** The machine that runs the test may allow its machines fewer open files than a real one has. */
const maxConnections = 2000;

/** Two load balancers in front of what the test plays, and a machine that has the base alone. */
export function labEnvironment({ people, statisticsPort, ...props }: LabProps): EnvironmentSpec {
  return defineEnvironment({
    ...basics,
    access: { people },
    machines: {
      "lb-1": existing(props, "lb-1", "haproxy"),
      "lb-2": existing(props, "lb-2", "haproxy"),
      "plain-1": existing(props, "plain-1", "plain"),
      "web-1": node("web-1"),
      "web-2": node("web-2"),
    },
    services: {
      front: {
        kind: "haproxy",
        machines: ["lb-1", "lb-2"],
        maxConnections,
        statisticsPort,
        ingress: { mode: "tcp", clientAddress: "not-needed", nodes: ["web-1", "web-2"], ports: backendPorts },
      },
    },
  });
}

export interface PairProps {
  readonly machines: Readonly<Record<"lb-1" | "lb-2", Machine>>;
  readonly keyFile: string;
  /** Certificate of the authority that issued what the servers behind show, as PEM. */
  readonly authority: string;
}

/** An address that nothing has until keepalived gives it to one of the pair. */
export const virtualAddress = "10.77.0.9";

/** A pair that looks at requests, and shares an address. */
export function pairEnvironment({ authority, machines, keyFile }: PairProps): EnvironmentSpec {
  const props = { machines: { ...machines, "plain-1": { address: "10.77.0.99" } as const }, keyFile };
  return defineEnvironment({
    ...basics,
    base: { authorities: { lab: authority } },
    machines: {
      "lb-1": existing(props, "lb-1", "haproxy"),
      "lb-2": existing(props, "lb-2", "haproxy"),
      "web-1": node("web-1"),
      "web-2": node("web-2"),
    },
    services: {
      front: {
        kind: "haproxy",
        machines: ["lb-1", "lb-2"],
        maxConnections,
        virtualAddress: { address: virtualAddress, interface: "host0" },
        ingress: {
          mode: "http",
          nodes: ["web-1", "web-2"],
          ports: backendPorts,
          certificate: { chain: "front-tls", key: "front-tls" },
          deny: { "log4shell-headers": { in: "headers", matching: "\\$\\{jndi:" } },
        },
      },
    },
  });
}

/** A load balancer in front of the metrics of another machine, and an S3 store: everything in it is there, as a deployment needs it to be. */
export function deployedEnvironment({ statisticsPort, ...props }: LabProps, store: StoreProps): EnvironmentSpec {
  return defineEnvironment({
    ...basics,
    base: { authorities: { lab: store.authority } },
    machines: {
      "lb-1": existing(props, "lb-1", "haproxy"),
      "plain-1": existing(props, "plain-1", "plain"),
      "s3-1": storeMachine(store),
    },
    services: {
      store: storeService(store),
      front: {
        kind: "haproxy",
        machines: ["lb-1"],
        maxConnections,
        statisticsPort,
        ingress: {
          mode: "tcp",
          clientAddress: "not-needed",
          nodes: ["plain-1"],
          ports: { http: NODE_EXPORTER_PORT, https: NODE_EXPORTER_PORT },
        },
      },
    },
  });
}

function existing({ machines, keyFile }: LabProps, name: keyof LabProps["machines"], role: "haproxy" | "plain") {
  const { address, hostKey } = machines[name];
  const ssh = { user: "debian", hostKey, keyFile };
  return { provider: "existing", role, address, ssh, cpus: 2, memory: "2Gi" } as const;
}

function node(name: keyof typeof backends) {
  const open = { http: { port: backendPorts.http }, https: { port: backendPorts.https } };
  return { provider: "existing", role: "plain", address: backends[name], cpus: 2, memory: "4Gi", open } as const;
}
