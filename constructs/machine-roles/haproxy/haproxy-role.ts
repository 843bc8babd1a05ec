import type { Callhome } from "../../../platform/callhome";
import { type Machine, reachedBy } from "../../../platform/machines";
import { type HaproxyService, RKE2_PORTS } from "../../../platform/services";
import type { ServerCertificate } from "../../../platform/shared/certificate";
import type { RolePart } from "../compose";
import { certificateRefs, plainFile, type RoleFile, secretMark } from "../role-document";
import { haproxyConfiguration } from "./configuration";
import { Discretion } from "./discretion";
import { virtualAddressRole } from "./virtual-address";
import { WEB_CERTIFICATE } from "./web";

const CONFIGURATION = "/etc/haproxy/haproxy.cfg";

/**
 * A load balancer, with discretion for `callhome` where the environment has it. A change is taken by a reload: the old process
 * ends its connections, the new one has the sockets already.
 */
export function haproxyRole(service: HaproxyService, machine: Machine, callhome: Callhome | undefined): RolePart[] {
  const { virtualAddress } = service;
  return [
    balancer(service, machine, new Discretion(callhome)),
    ...(virtualAddress ? [virtualAddressRole(service, machine, virtualAddress)] : []),
  ];
}

function balancer(service: HaproxyService, machine: Machine, discretion: Discretion): RolePart {
  const certificate = service.ingress?.mode === "http" ? [certificateFile(service.ingress.certificate)] : [];
  const configuration = plainFile(CONFIGURATION, haproxyConfiguration(service, reachedBy(machine), discretion), {
    mode: "0640",
    owner: "root:haproxy",
    validate: 'haproxy -c -q -f "$candidate"',
  });
  // The configuration names the certificate, so that is there before it is validated.
  const files = [...certificate, configuration];
  return {
    packages: ["haproxy"],
    files,
    units: [{ name: "haproxy.service", onChange: "reload", watches: files.map(({ path }) => path) }],
    // A reload is over before the new process listens, so that it runs says too little.
    health: listenedPorts(service).map((port) => {
      return { purpose: `HAProxy listens on port ${port}`, check: `ss -Htln "sport = :${port}" | grep -q .` };
    }),
    uninstall: ["systemctl disable --now haproxy.service"],
  };
}

function certificateFile(certificate: ServerCertificate): RoleFile {
  const { chain, key } = certificateRefs(certificate);
  return plainFile(WEB_CERTIFICATE, `${secretMark(chain)}\n${secretMark(key)}\n`, {
    mode: "0600",
    secretRefs: [chain, key],
  });
}

function listenedPorts({ servers, ingress, statisticsPort }: HaproxyService): number[] {
  const passedOn = servers.length > 0 ? [RKE2_PORTS.api, RKE2_PORTS.registration] : [];
  return [...passedOn, ...(ingress ? [80, 443] : []), statisticsPort];
}
