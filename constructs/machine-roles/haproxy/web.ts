import { reachedBy } from "../../../platform/machines";
import type { DenyRule, Ingress } from "../../../platform/services";
import type { Discretion } from "./discretion";

type WebIngress = Extract<Ingress, { mode: "http" }>;

/** Certificate and key of the load balancer in one file, as HAProxy reads them. */
export const WEB_CERTIFICATE = "/etc/haproxy/certificate.pem";

/**
 * Requests: looked at, logged, and passed on over TLS of their own, so that the network in between reads nothing. The client's
 * address goes along in a header, and what a client writes there itself is taken away. Where a server ends before it has answered, another one is
 * asked, unless the request is of a kind that might have changed something.
 */
export function webSections({ nodes, ports, deny }: WebIngress, discretion: Discretion): string {
  const servers = nodes.map((node) => {
    const address = node.machine ? reachedBy(node.machine) : node.key;
    return `    server ${node.key} ${address}:${ports.https} ssl verify required ca-file ${AUTHORITIES} sni req.hdr(host),field(1,:)\n`;
  });
  return `frontend web
    mode http
    bind :80
    bind :443 ssl crt ${WEB_CERTIFICATE} alpn h2,http/1.1 ssl-min-ver TLSv1.2
    timeout client 60s
    timeout http-request 10s
    timeout http-keep-alive 30s
    log-format "${logFormat(discretion)}"
${discretion.notes}${deny.map(denial).join("")}    http-request redirect scheme https code 308 unless ${discretion.stayingPlain}
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto https if { ssl_fc }
    http-request set-header X-Forwarded-Proto http unless { ssl_fc }
    default_backend web

backend web
    mode http
    balance leastconn
    timeout server 300s
    retry-on conn-failure empty-response
    http-request disable-l7-retry unless { method GET HEAD OPTIONS }
    option tcp-check
    default-server check no-check-ssl inter 2s fall 2 rise 2
${servers.join("")}`;
}

const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Who asked for what of whom, how long it took and how it ended, and by which rule it was refused if it was. */
function logFormat({ logged: { client, request } }: Discretion): string {
  return `client=${client} frontend=%f server=%b/%s status=%ST bytes=%B milliseconds=%Ta ends=%tsc denied=%[var(txn.denied)] request=${request}`;
}

/** Compared as it was sent and with its escapes undone: an attacker chooses how to write it. */
function denial({ name, in: where, matching }: DenyRule): string {
  const samples = where === "url" ? ["url", "url,url_dec"] : ["req.hdrs", "req.hdrs,url_dec"];
  return `${samples.map((sample) => `    acl deny-${name} ${sample} -m reg -i -- '${matching}'\n`).join("")}    http-request set-var(txn.denied) str(${name}) if deny-${name}
    http-request deny deny_status 403 if deny-${name}
`;
}
