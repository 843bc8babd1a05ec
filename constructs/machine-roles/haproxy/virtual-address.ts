import { type Machine, reachedBy } from "../../../platform/machines";
import { type HaproxyService, peersOf, type VirtualAddress } from "../../../platform/services";
import type { RolePart } from "../compose";
import { endOf, plainFile } from "../role-document";

const SETTINGS = "/etc/keepalived/keepalived.conf";

/**
 * The address that the healthy one of a pair holds. Healthy is whose HAProxy answers, not who runs. Neither is preferred, so that
 * the address does not come back, and connections do not break a second time, when the first is well again.
 */
export function virtualAddressRole(service: HaproxyService, machine: Machine, address: VirtualAddress): RolePart {
  return {
    packages: ["curl", "keepalived"],
    files: [
      plainFile(SETTINGS, settings(service, machine, address), {
        mode: "0640",
        validate: 'keepalived --config-test --use-file "$candidate"',
      }),
    ],
    units: [{ name: "keepalived.service", onChange: "reload", watches: [SETTINGS] }],
    health: [{ purpose: "keepalived runs", check: "systemctl is-active --quiet keepalived.service" }],
    uninstall: [endOf("keepalived.service")],
  };
}

function settings(
  service: HaproxyService,
  machine: Machine,
  { address, interfaces, routerId }: VirtualAddress,
): string {
  const place = service.machines.findIndex(({ key }) => key === machine.name);
  const device = interfaces[place === 0 ? 0 : 1];
  const peers = peersOf(service, machine).map((peer) => `        ${reachedBy(peer)}\n`);
  return `# Written by Bastide; a change made here is undone by the next application.
global_defs {
    router_id ${machine.name}
    enable_script_security
    script_user root
}

vrrp_script haproxy_answers {
    script "/usr/bin/curl --silent --fail --max-time 2 --output /dev/null http://${reachedBy(machine)}:${service.statisticsPort}/metrics"
    interval 2
    fall 2
    rise 2
}

vrrp_instance ${service.name} {
    state BACKUP
    nopreempt
    interface ${device}
    virtual_router_id ${routerId}
    priority ${150 - place}
    advert_int 1
    unicast_src_ip ${reachedBy(machine)}
    unicast_peer {
${peers.join("")}    }
    virtual_ipaddress {
        ${address}/32 dev ${device}
    }
    track_script {
        haproxy_answers
    }
}
`;
}
