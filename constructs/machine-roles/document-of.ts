import type { Machine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { type OpenPort, openPorts, type Service, servicesOf } from "../../platform/services";
import { baseRole } from "./base/base-role";
import { firewall } from "./base/firewall";
import { compose, type RolePart } from "./compose";
import { haproxyRole } from "./haproxy/haproxy-role";
import { harborRole } from "./harbor/harbor-role";
import type { ManagedSecrets } from "./managed-secrets";
import { nfsRole } from "./nfs-server/nfs-role";
import type { RoleDocument } from "./role-document";
import { minioRole } from "./s3-store/minio-role";
import { managedSecretPrefix } from "./secrets";

/** Everything that is true of a machine: the base, and what it serves. */
export function documentOf(platform: Platform, machine: Machine): RoleDocument {
  return composed(platform, machine, (ports) => [...baseRole(platform, machine, ports), ...served(platform, machine)]);
}

/** What is true of every machine, as it is on this one: for a review that reads it once. */
export function baseDocumentOf(platform: Platform, machine: Machine): RoleDocument {
  return composed(platform, machine, (ports) => baseRole(platform, machine, ports));
}

/** What tells a machine from those of other roles: what it serves, and the ports that it opens for that. */
export function ownDocumentOf(platform: Platform, machine: Machine): RoleDocument {
  return composed(platform, machine, (ports) => [firewall(machine, ports), ...served(platform, machine)]);
}

function composed(
  platform: Platform,
  machine: Machine,
  parts: (ports: readonly OpenPort[]) => RolePart[],
): RoleDocument {
  const ports = openPorts(machine, platform);
  const managedSecrets = managedSecretsOf(platform, machine);
  return compose({ machine: machine.name, ports, ...(managedSecrets && { managedSecrets }) }, parts(ports));
}

function served(platform: Platform, machine: Machine): RolePart[] {
  return servicesOf(machine, platform.services.all).flatMap((service) => roleOf(service, machine, platform));
}

function managedSecretsOf({ name, network }: Platform, { provider }: Machine): ManagedSecrets | undefined {
  if (provider !== "ec2" || network.kind !== "vpc") return undefined;
  return { region: network.region, prefix: managedSecretPrefix(name) };
}

function roleOf(service: Service, machine: Machine, { base, services, callhome }: Platform): RolePart[] {
  switch (service.kind) {
    case "haproxy":
      return haproxyRole(service, machine, callhome);
    case "s3-store":
      return minioRole(service, machine);
    case "nfs-server":
      return nfsRole(service, machine);
    case "harbor":
      return harborRole(service, machine, { base, services: services.all });
  }
}
