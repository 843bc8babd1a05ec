/** What a client says of a certificate that it does not take, by Node's code: what is wrong, and the cure. */
const PROBLEMS: readonly [code: RegExp, problem: string, cure: string][] = [
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "names another host",
    "connect by a name that is in it, or give the server a certificate with this one",
  ],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, "is not valid today", "renew it, or set the clocks by NTP"],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|CERT_)/,
    "was not signed by the authority in sslrootcert",
    "put the certificate of the authority that signed it there (RDS: the bundle of its region)",
  ],
];

/** The server is not the one that was meant, or cannot prove it. Time does not mend that. */
export class UntrustedServer extends Error {}

/** Says of an error of connecting why the server's certificate was not taken; any other error is given back as it is. */
export function explained(error: unknown, url: string): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  const about = (problem: string, detail: string, cure: string) =>
    new UntrustedServer(`CALLHOME_DATABASE_URL is ${JSON.stringify(url)}: ${problem} (${detail}): ${cure}`);
  // The driver's own error, which has no code.
  if (/does not support SSL/.test(message ?? "")) {
    return about("the server speaks no TLS", "ssl = off", "give it a certificate and set ssl = on");
  }
  const known = PROBLEMS.find(([pattern]) => typeof code === "string" && pattern.test(code));
  return known === undefined ? error : about(`the server's certificate ${known[1]}`, String(code), known[2]);
}
