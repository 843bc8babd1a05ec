import { randomBytes, randomUUID } from "node:crypto";
import { type CallRow, prepare } from "../../src/call/prepare";
import type { Call } from "../../src/call/schema";
import { uuid7Of } from "../../src/call/uuid7";
import { KeyedHash } from "../../src/privacy/keyed-hash";

export const HASH = new KeyedHash("a key for tests that is long enough.");

/** A new UUIDv7. */
export const newId = (at = Date.now()) => uuid7Of(at, randomBytes(10).toString("hex"));

/** A good call. */
export function aCall(changes: Partial<Call> = {}): Call {
  return { id: newId(), product: "pdf-light", version: "4.2.1", instance: randomUUID(), ...changes };
}

/** A call as it is stored. */
export function aRow(changes: Partial<Call> = {}, now = Date.now()): CallRow {
  const prepared = prepare(aCall({ id: newId(now), ...changes }), {
    now,
    source: "v1",
    country: undefined,
    switches: () => ({ contractual: true, optional: true }),
    hash: HASH,
  });
  if ("refusal" in prepared) {
    throw new Error(prepared.refusal);
  }
  return prepared.row;
}
