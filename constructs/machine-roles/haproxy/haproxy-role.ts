import { type Machine, reachedBy } from "../../../platform/machines";
import type { HaproxyService } from "../../../platform/services";
import type { RolePart } from "../compose";
import { plainFile } from "../role-document";
import { haproxyConfiguration } from "./configuration";

const CONFIGURATION = "/etc/haproxy/haproxy.cfg";

/** A load balancer. A change is taken by a reload: the old process ends its connections, the new one has the sockets already. */
export function haproxyRole(service: HaproxyService, machine: Machine): RolePart {
  const content = haproxyConfiguration(service, reachedBy(machine));
  return {
    packages: ["haproxy"],
    files: [
      plainFile(CONFIGURATION, content, {
        mode: "0640",
        owner: "root:haproxy",
        validate: 'haproxy -c -q -f "$candidate"',
      }),
    ],
    units: [{ name: "haproxy.service", onChange: "reload", watches: [CONFIGURATION] }],
    health: [{ purpose: "HAProxy runs", check: "systemctl is-active --quiet haproxy" }],
    uninstall: ["systemctl disable --now haproxy.service"],
  };
}
