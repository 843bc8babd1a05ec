import { z } from "zod";
import { serverCertificate } from "../shared/certificate";
import { byteSize, cidr, domainName, ipAddress, label, pattern, port } from "../shared/fields";

/** What every machine gets, whatever else it is for. */
export const baseSpec = z
  .strictObject({
    /** Networks from which people may sign in by SSH; the environment's own where none is named. */
    signInFrom: z.array(cidr()).min(1).optional(),
    /** Servers of the time, by name or address; Debian's pool where none is named. */
    timeServers: z.array(z.union([domainName(), ipAddress()])).default([]),
    /** Certificates of the company's own authorities, as PEM; every machine trusts them. */
    authorities: z
      .record(
        label(),
        pattern(
          /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n?$/,
          "that is no certificate as PEM",
          "paste one certificate, from BEGIN CERTIFICATE to END CERTIFICATE, and no key",
        ),
      )
      .default({}),
    /**
     * When machines take security updates, and restart if those ask for it, in their own time. Each has a start of its own, so that
     * never two restart at once.
     */
    rebootWindow: z
      .strictObject({
        from: pattern(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day has hours and minutes", "write it like 01:30"),
        /** Minutes between the starts of two machines. */
        everyMinutes: z.int().min(5).max(60).default(15),
      })
      .prefault({ from: "01:00" }),
    /** The most that the journal of a machine may keep. */
    journal: byteSize().prefault("1Gi"),
    /** Where the journal of every machine goes as well: syslog over TLS (RFC 5425), which most that collects logs can receive. */
    logs: z
      .strictObject({
        to: z.strictObject({ host: domainName(), port: port().default(6514) }),
        /** Which of `authorities` issued the receiver's certificate, which must be of the name `to.host`. */
        authority: label(),
        /** What a machine proves itself with, where the receiver asks for that. */
        certificate: serverCertificate().optional(),
        /** The most that a machine keeps of what the receiver has not taken yet. */
        buffer: byteSize().prefault("1Gi"),
      })
      .optional(),
  })
  .prefault({});
