import { type Machine, reachedBy } from "../../../platform/machines";
import { type HaproxyService, RKE2_PORTS } from "../../../platform/services";
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
    // A reload is over before the new process listens, so that it runs says too little.
    health: listenedPorts(service).map((port) => {
      return { purpose: `HAProxy listens on port ${port}`, check: `ss -Htln "sport = :${port}" | grep -q .` };
    }),
    uninstall: ["systemctl disable --now haproxy.service"],
  };
}

function listenedPorts({ servers, ingress, statisticsPort }: HaproxyService): number[] {
  const passedOn = servers.length > 0 ? [RKE2_PORTS.api, RKE2_PORTS.registration] : [];
  return [...passedOn, ...(ingress ? [80, 443] : []), statisticsPort];
}
