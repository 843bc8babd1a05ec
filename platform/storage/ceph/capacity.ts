import { ByteSize } from "../../shared/quantities";
import type { FailureDomain } from "./resolve";

/**
 * How full the devices may become. Ceph warns from here (`mon_osd_nearfull_ratio`), refuses to move data from 0.90 and writes
 * from 0.95 on; what a lost host leaves behind must go somewhere before that.
 */
export const NEARFULL = 0.85;

export function sizeOf({ devices }: FailureDomain): ByteSize {
  return devices.reduce((sum, { size }) => sum.plus(size), ByteSize.zero);
}

export function rawSize(domains: readonly FailureDomain[]): ByteSize {
  return domains.reduce((sum, domain) => sum.plus(sizeOf(domain)), ByteSize.zero);
}

/**
 * How much data fits, each copy in a failure domain of its own: raw / replicas where the domains are alike, less where one of
 * them is so much larger than the others that part of it finds no partner. Nothing, where there are fewer domains than copies.
 *
 * With D of data no domain holds more than D, so D fits while the sum of min(size, D) is at least replicas x D. That sum grows
 * in straight pieces between the sizes; the largest D lies where all domains below it are full.
 */
export function dataThatFits(domains: readonly FailureDomain[], replicas: number): ByteSize {
  const sizes = domains.map((domain) => sizeOf(domain).bytes).sort((one, other) => other - one);
  if (sizes.filter((bytes) => bytes > 0).length < replicas || replicas < 1) return ByteSize.zero;
  // The `large` largest domains each hold one copy of everything; the others share the rest of the copies.
  const candidates = Array.from({ length: replicas }, (_, large) => {
    const others = sizes.slice(large).reduce((sum, bytes) => sum + bytes, 0);
    return others / (replicas - large);
  });
  return ByteSize.mebibytes(Math.floor(Math.min(...candidates) / 2 ** 20));
}

/** What may be claimed of it. */
export function usable(domains: readonly FailureDomain[], replicas: number): ByteSize {
  return dataThatFits(domains, replicas).times(NEARFULL);
}

/** A size as people say it, rounded down to three digits: `1.69Ti`. */
export function readable({ bytes }: ByteSize): string {
  const units = ["Mi", "Gi", "Ti", "Pi"];
  const place = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10) - 2));
  const amount = bytes / 2 ** (20 + 10 * place);
  const digits = amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  // What a multiplication lost in the last bits of a number does not count as less.
  const down = Math.floor(amount * 10 ** digits + 1e-6) / 10 ** digits;
  return `${Number(down.toFixed(digits))}${units[place]}`;
}
