import type { KeyedHash } from "../privacy/keyed-hash";
import type { Call } from "./schema";
import { timeOfUuid7 } from "./uuid7";
import { refusalOf } from "./validate";

/** How late a call may arrive: 60 days, so that a laptop which was offline for a summer is still counted. */
export const LATEST = 60 * 24 * 3_600_000;
/** How far a client's clock may be ahead: 10 minutes. */
export const EARLIEST = 10 * 60_000;

/** A country and where it was learnt; never the address it was learnt from. */
export interface Country {
  readonly code: string;
  readonly source: string;
}

/** A call as it is stored: checked, dated, and with hashes in the place of names. */
export interface CallRow {
  readonly id: string;
  readonly receivedAt: number;
  readonly occurredAt: number;
  readonly product: string;
  readonly version: string;
  readonly build: string | null;
  readonly edition: string | null;
  readonly source: "v1" | "legacy";
  readonly instanceHash: string | null;
  readonly userHash: string | null;
  readonly licenceHash: string | null;
  readonly licenceLast4: string | null;
  readonly optional: OptionalRow | null;
}

/** The part of a call that belongs to the optional class. */
export interface OptionalRow {
  readonly country: string | null;
  readonly countrySource: string | null;
  readonly os: string | null;
  readonly osVersion: string | null;
  readonly arch: string | null;
  readonly extras: string | null;
}

/** Which data classes of a product are stored at all. */
export interface Switches {
  readonly contractual: boolean;
  readonly optional: boolean;
}

export interface Reception {
  readonly now: number;
  readonly source: "v1" | "legacy";
  readonly country: Country | undefined;
  readonly switches: (product: string) => Switches | undefined;
  readonly hash: KeyedHash;
}

export type Prepared =
  | { readonly row: CallRow }
  | { readonly refusal: string; readonly code: RefusalCode; readonly product?: string };

/** Why a call was refused, as a bounded label. */
export type RefusalCode = "schema" | "product" | "late" | "early" | "data";

/** Turns what a client sent into what is stored, or says why not. */
export function prepare(value: unknown, { now, source, country, switches, hash }: Reception): Prepared {
  const refusal = refusalOf(value);
  if (refusal !== undefined) {
    return { refusal, code: "schema" };
  }
  const call = value as Call;
  const allowed = switches(call.product);
  if (allowed === undefined) {
    return { refusal: "product is not known here", code: "product" };
  }
  const made = timeOfUuid7(call.id);
  const said = call.occurredAt === undefined ? made : Date.parse(call.occurredAt);
  if (Number.isNaN(said)) {
    return { refusal: "occurredAt is not a date", code: "schema", product: call.product };
  }
  const outside = outsideWindow("id", made, now) ?? outsideWindow("occurredAt", said, now);
  if (outside !== undefined) {
    return { ...outside, product: call.product };
  }
  const person = allowed.contractual ? call : undefined;
  return {
    row: {
      id: call.id.toLowerCase(),
      receivedAt: now,
      occurredAt: Math.min(said, now),
      product: call.product,
      version: call.version,
      build: call.build ?? null,
      edition: call.edition ?? null,
      source,
      instanceHash: person ? hash.of("instance", person.instance) : null,
      userHash: person?.user === undefined ? null : hash.of("user", person.user),
      licenceHash: person?.licence === undefined ? null : hash.of("licence", person.licence),
      licenceLast4: person?.licence === undefined ? null : lastFour(person.licence),
      optional: allowed.optional ? optionalRow(call, country) : null,
    },
  };
}

function outsideWindow(
  field: string,
  time: number,
  now: number,
): { refusal: string; code: "late" | "early" } | undefined {
  if (time < now - LATEST) {
    return { refusal: `${field} is more than 60 days ago`, code: "late" };
  }
  if (time > now + EARLIEST) {
    return { refusal: `${field} is more than 10 minutes ahead: is the clock right?`, code: "early" };
  }
  return undefined;
}

/** Of a short key the last four characters would be too much of it. */
function lastFour(licence: string): string | null {
  return licence.length >= 12 ? licence.slice(-4) : null;
}

function optionalRow(call: Call, country: Country | undefined): OptionalRow | null {
  const { os, osVersion, arch, extras } = call;
  if (
    country === undefined &&
    os === undefined &&
    osVersion === undefined &&
    arch === undefined &&
    extras === undefined
  ) {
    return null;
  }
  return {
    country: country?.code ?? null,
    countrySource: country?.source ?? null,
    os: os ?? null,
    osVersion: osVersion ?? null,
    arch: arch ?? null,
    extras: extras === undefined ? null : JSON.stringify(extras),
  };
}
