import type { Machine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { openPorts, type Service, servicesOf } from "../../platform/services";
import { baseRole } from "./base/base-role";
import { compose, type RolePart } from "./compose";
import { haproxyRole } from "./haproxy/haproxy-role";
import type { RoleDocument } from "./role-document";

/** Everything that is true of a machine: the base, and what it serves. */
export function documentOf(platform: Platform, machine: Machine): RoleDocument {
  const ports = openPorts(machine, platform);
  const served = servicesOf(machine, platform.services.all);
  return compose({ machine: machine.name, ports }, [
    ...baseRole(platform, machine, ports),
    ...served.flatMap((service) => roleOf(service, machine)),
  ]);
}

function roleOf(service: Service, machine: Machine): RolePart[] {
  return service.kind === "haproxy" ? haproxyRole(service, machine) : [];
}
