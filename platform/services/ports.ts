import type { Base } from "../base";
import type { Databases } from "../databases";
import type { Machine } from "../machines";
import { databasePorts } from "./database-ports";
import { haproxyPorts } from "./haproxy/resolve";
import { harborPorts } from "./harbor/resolve";
import { nfsPorts } from "./nfs-server/resolve";
import { type Service, servicesOf } from "./resolve";
import { type Rke2PortNeeds, rke2Ports } from "./rke2-ports";
import { s3StorePorts } from "./s3-store/resolve";
import type { OpenPort } from "./shared";

/** Where Prometheus finds a machine's own metrics: the default of its node exporter. */
export const NODE_EXPORTER_PORT = 9100;

/** Purpose of the entry by which people, and whoever applies a role, come in. */
export const SSH = "SSH";

/** Every port that is open on a machine; all others are closed. */
export function openPorts(machine: Machine, needs: PortNeeds): OpenPort[] {
  const { base, services } = needs;
  return [
    ...basePorts(machine, base),
    ...rke2Ports(machine, needs),
    ...databasePorts(machine, needs),
    ...furtherPorts(machine),
    ...servicesOf(machine, services.all).flatMap((service) => portsOf(service, machine, base)),
  ];
}

/** Parts of the model that decide which ports are open. */
export interface PortNeeds extends Rke2PortNeeds {
  readonly databases: Databases;
}

function basePorts(machine: Machine, { signInFrom, internal }: Base): OpenPort[] {
  const setting = ["machines", machine.name];
  const exporter: OpenPort = {
    protocol: "tcp",
    port: NODE_EXPORTER_PORT,
    from: internal,
    purpose: "metrics of the machine",
    setting,
  };
  // In AWS one signs in through Session Manager, which needs no open port.
  if (machine.provider === "ec2") return [exporter];
  const ssh: OpenPort = {
    protocol: "tcp",
    port: machine.ssh.port,
    from: signInFrom,
    purpose: SSH,
    setting: [...setting, "ssh", "port"],
  };
  return [ssh, exporter];
}

function furtherPorts({ name, open }: Machine): OpenPort[] {
  return open.map(({ name: key, toEverybody: _, ...one }) => {
    return { ...one, published: true, purpose: key, setting: ["machines", name, "open", key, "port"] };
  });
}

function portsOf(service: Service, machine: Machine, { internal }: Base): OpenPort[] {
  switch (service.kind) {
    case "haproxy":
      return haproxyPorts(service, machine, internal);
    case "nfs-server":
      return nfsPorts(service);
    case "s3-store":
      return s3StorePorts(service);
    case "harbor":
      return harborPorts(service, internal);
  }
}
