import type { Callhome } from "../../../platform/callhome";

/** The host of which the log keeps neither who asked nor what stood behind the question mark. */
const HOST = "discreet";
/** Its addresses that old products ask for without TLS, and that follow no redirect. */
const PLAIN = "without-tls";

/**
 * Callhome looks an address up and forgets it, and old products send people's names in the query. So the load balancer in front
 * of it must not write them down: of requests it leaves both away for that host alone; of connections, which name no host, it
 * leaves the address away for all.
 */
export class Discretion {
  constructor(private readonly callhome: Callhome | undefined) {}

  /** How a connection is logged; nothing where it is logged as the defaults say. */
  get connections(): string {
    return this.callhome === undefined ? "" : `    log-format "${CONNECTION}"\n`;
  }

  /** What is noted of a request before a rule may refuse it. */
  get notes(): string {
    if (this.callhome === undefined) return "";
    const { workload, legacyPaths } = this.callhome;
    const plain = legacyPaths.flatMap(({ kind, path }) =>
      kind === "exact" ? [`path ${path}`] : [`path ${path}`, `path_beg ${path}/`],
    );
    return [
      `error-log-format "${FAILURE}"`,
      `acl ${HOST} req.hdr(host),field(1,:) -i ${workload.hostName} ${workload.hostName}.`,
      ...plain.map((matching) => `acl ${PLAIN} ${matching}`),
      `http-request set-var(txn.client) src unless ${HOST}`,
      `http-request set-var-fmt(txn.asked) "%[method] %[path]" if ${HOST}`,
      `http-request set-var-fmt(txn.asked) "%[method] %[url]" unless ${HOST}`,
    ]
      .map((line) => `    ${line}\n`)
      .join("");
  }

  /** Who asked, and for what, in a line of the log. */
  get logged(): { readonly client: string; readonly request: string } {
    if (this.callhome === undefined) return { client: "%ci", request: "%{+Q}r" };
    return { client: "%[var(txn.client)]", request: "%{+Q,+E}[var(txn.asked)]" };
  }

  /** When a request may stay without TLS. */
  get stayingPlain(): string {
    return (this.callhome?.legacyPaths.length ?? 0) === 0 ? "{ ssl_fc }" : `{ ssl_fc } or ${HOST} ${PLAIN}`;
  }
}

/** A connection that never became a request, as that of a product whose TLS is too old: it names no host either. */
const FAILURE = "frontend=%f status=%ST ends=%tsc error=%{+Q}[fc_err_str]";

/** As Debian's `tcplog`, in words, without who connected. */
const CONNECTION =
  "frontend=%f server=%b/%s bytes=%B waited=%Tw connected=%Tc milliseconds=%Tt ends=%ts connections=%ac/%fc/%bc/%sc/%rc";
