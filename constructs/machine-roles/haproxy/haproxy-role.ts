import type { Callhome } from "../../../platform/callhome";
import { type Machine, reachedBy } from "../../../platform/machines";
import { type HaproxyService, RKE2_PORTS } from "../../../platform/services";
import type { ServerCertificate } from "../../../platform/shared/certificate";
import type { RolePart } from "../compose";
import { programText } from "../program-text";
import { certificateRefs, endOf, plainFile, type RoleCommand, type RoleFile, secretMark } from "../role-document";
import { haproxyConfiguration } from "./configuration";
import { Discretion } from "./discretion";
import { virtualAddressRole } from "./virtual-address";
import { WEB_CERTIFICATE } from "./web";

const CONFIGURATION = "/etc/haproxy/haproxy.cfg";
const RELOAD_PROGRAM = "/usr/local/lib/bastide/reload-haproxy.py";
const RELOAD = "/etc/systemd/system/haproxy.service.d/bastide.conf";
/** What HAProxy said of the last reload where it did not take it; gone with a start, which takes everything or fails. */
const REFUSED = "/run/haproxy-refused";

/** Debian's unit reports a reload as done before the new process listens, and never one that fails after that. */
const RELOAD_SETTINGS = `# Written by Bastide; a change made here is undone by the next application.
[Service]
ExecStartPost=/bin/rm -f ${REFUSED}
ExecReload=
ExecReload=/usr/bin/python3 ${RELOAD_PROGRAM} $MAINPID
`;

/**
 * A load balancer, with discretion for `callhome` where the environment has it. A change is taken by a reload: the old process
 * ends its connections, the new one has the sockets already. Where HAProxy does not take it, the old process goes on, and the
 * application fails with what HAProxy says.
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
    // Asked quietly it would not say why.
    validate: 'haproxy -c -f "$candidate"',
  });
  // The configuration names the certificate, so that is there before it is validated.
  const files = [...certificate, configuration];
  const reload = [
    plainFile(RELOAD_PROGRAM, programText("haproxy/reload-haproxy.py"), {
      validate: `python3 -c 'compile(open(0).read(), "-", "exec")' <"$candidate"`,
    }),
    plainFile(RELOAD, RELOAD_SETTINGS),
  ];
  return {
    packages: ["haproxy"],
    files: [...reload, ...files],
    commands: [newEnough],
    units: [
      {
        name: "haproxy.service",
        onChange: "reload",
        watches: files.map(({ path }) => path),
        taken: `[ ! -s ${REFUSED} ] || { cat ${REFUSED} && false; }`,
      },
    ],
    health: listenedPorts(service).map((port) => {
      return { purpose: `HAProxy listens on port ${port}`, check: `ss -Htln "sport = :${port}" | grep -q .` };
    }),
    uninstall: [endOf("haproxy.service")],
  };
}

/** Its master counts the reloads that failed since 2.5; without that no reload could be believed. Source: HAProxy, commit 688367408. */
const newEnough: RoleCommand = {
  purpose: "have an HAProxy that tells how a reload ended",
  // One that is not there yet is not older: a plan has nothing to say of it.
  unless: `! dpkg --compare-versions "$(dpkg-query -W -f '\${Version}' haproxy 2>/dev/null)" lt-nl 2.5`,
  run: `echo "this system's HAProxy is older than 2.5: Debian 12 and Ubuntu 24.04 have a newer one"\nfalse`,
};

function certificateFile(certificate: ServerCertificate): RoleFile {
  const { chain, key } = certificateRefs(certificate);
  return plainFile(WEB_CERTIFICATE, `${secretMark(chain)}\n${secretMark(key)}\n`, {
    mode: "0600",
    // A renewed certificate is read by itself: the configuration that names it may be the one that is there already.
    validate: `printf 'defaults\n timeout client 1s\n timeout connect 1s\n timeout server 1s\nfrontend web\n mode http\n bind :443 ssl crt %s\n' "$candidate" | haproxy -c -f /dev/stdin`,
    secretRefs: [chain, key],
  });
}

function listenedPorts({ servers, ingress, statisticsPort }: HaproxyService): number[] {
  const passedOn = servers.length > 0 ? [RKE2_PORTS.api, RKE2_PORTS.registration] : [];
  return [...passedOn, ...(ingress ? [80, 443] : []), statisticsPort];
}
