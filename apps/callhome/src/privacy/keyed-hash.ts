import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** What is hashed. Each kind has hashes of its own: the same text as user and as instance gives two values. */
export type Subject = "user" | "instance" | "licence" | "legacy-id";

/**
 * Pseudonyms for users, instances and licences: HMAC-SHA-256 with the installation's secret key, cut to 128 bits. Without
 * the key a list of names cannot be tried out; with it the same person is found again, so they remain personal data.
 */
export class KeyedHash {
  private readonly key: KeyObject;

  constructor(key: string) {
    // Prepared once: as text it would be prepared for each hash, which costs a quarter of it.
    this.key = createSecretKey(key, "utf8");
  }

  /** The pseudonym as 32 hexadecimal digits. Text that looks alike but is composed differently gives the same one (NFC). */
  of(subject: Subject, value: string): string {
    return createHmac("sha256", this.key)
      .update(`${subject}\0${value.normalize("NFC")}`)
      .digest("hex")
      .slice(0, 32);
  }
}
