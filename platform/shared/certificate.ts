import { z } from "zod";
import { label } from "./fields";
import type { PathParts, Report } from "./problems";

/** A certificate of a server on a machine, by the names of secrets of that machine: so it is renewed without a change here. */
export const serverCertificate = () =>
  z.strictObject({
    /** Secret whose entry `tls.crt` is the server's certificate and those between it and its authority, in this order. */
    chain: label(),
    /** Secret whose entry `tls.key` is the private key; mostly the same. */
    key: label().optional(),
  });

export interface ServerCertificate {
  readonly chain: string;
  /** Missing where the data lacks it, which the rules refuse. */
  readonly key?: string;
}

/** Refuses a certificate whose key nobody names. */
export function checkCertificate(certificate: ServerCertificate | undefined, path: PathParts, report: Report): void {
  if (certificate === undefined || certificate.key !== undefined) return;
  const cure = "name the secret of the machine that has the key as its entry tls.key";
  report.refuse([...path, "key"], undefined, "without its key a certificate proves nothing", cure);
}
