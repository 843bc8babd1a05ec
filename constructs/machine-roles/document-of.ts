import type { Machine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { openPorts, type Service, servicesOf } from "../../platform/services";
import { baseRole } from "./base/base-role";
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
  const ports = openPorts(machine, platform);
  const served = servicesOf(machine, platform.services.all);
  const managedSecrets = managedSecretsOf(platform, machine);
  return compose({ machine: machine.name, ports, ...(managedSecrets && { managedSecrets }) }, [
    ...baseRole(platform, machine, ports),
    ...served.flatMap((service) => roleOf(service, machine, platform)),
  ]);
}

function managedSecretsOf({ name, network }: Platform, { provider }: Machine): ManagedSecrets | undefined {
  if (provider !== "ec2" || network.kind !== "vpc") return undefined;
  return { region: network.region, prefix: managedSecretPrefix(name) };
}

function roleOf(service: Service, machine: Machine, { base, services }: Platform): RolePart[] {
  switch (service.kind) {
    case "haproxy":
      return haproxyRole(service, machine);
    case "s3-store":
      return minioRole(service, machine);
    case "nfs-server":
      return nfsRole(service, machine);
    case "harbor":
      return harborRole(service, machine, { base, services: services.all });
  }
}
