import { type Advice, adviceFor } from "../call/answer";
import { type CallRow, type Country, prepare, type RefusalCode } from "../call/prepare";
import { compareVersions } from "../call/version-order";
import type { Products } from "../config/products";
import type { Metrics } from "../operations/metrics";
import type { KeyedHash } from "../privacy/keyed-hash";
import type { MicroBatcher, Outcome } from "./micro-batcher";
import type { RefusalLog } from "./refusal-log";
import type { TokenBuckets } from "./token-bucket";

/** Where a call came from. The address is used for the limit and dropped. */
export interface Origin {
  readonly source: "v1" | "legacy";
  readonly addressKey: string;
  readonly country: Country | undefined;
}

/** What happened to one call of a batch. */
export interface ItemAnswer {
  readonly id?: string;
  readonly result: "accepted" | "duplicate" | "rejected";
  readonly reason?: string;
}

export type SingleAnswer =
  | { readonly kind: "stored"; readonly id: string; readonly result: "accepted" | "duplicate"; readonly advice: string }
  | { readonly kind: "rejected"; readonly reason: string }
  | TurnedAway;

export type BatchAnswer =
  | { readonly kind: "done"; readonly results: readonly ItemAnswer[]; readonly advice: readonly VersionAdvice[] }
  | TurnedAway;

/** Not now: the client keeps its calls and comes back after some seconds. */
export interface TurnedAway {
  readonly kind: "overload" | "limited";
  readonly retryAfter: number;
}

export interface VersionAdvice extends Advice {
  readonly product: string;
  readonly version: string;
}

export interface IntakeParts {
  readonly batcher: MicroBatcher;
  readonly products: Products;
  readonly hash: KeyedHash;
  readonly metrics: Metrics;
  readonly addressLimit: TokenBuckets;
  readonly productLimit: TokenBuckets;
  readonly refusals: RefusalLog;
  /** While it believes no time, nothing is taken: calls would be judged by a wrong clock. @default - always right */
  readonly clock?: { believes(time: number): boolean };
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What all ways in have in common: limits, checking, storing, counting, answering. */
export class Intake {
  private readonly advice = new Map<string, string>();

  constructor(private readonly parts: IntakeParts) {}

  /** Takes one call. */
  async one(value: unknown, origin: Origin): Promise<SingleAnswer> {
    const { batcher, metrics } = this.parts;
    const wait = this.parts.addressLimit.take(origin.addressKey);
    if (wait > 0) {
      return this.limited("address", wait);
    }
    const now = this.rightTime();
    if (now === undefined) {
      return this.overloaded("clock");
    }
    const prepared = this.prepare(value, origin, now);
    if ("refusal" in prepared) {
      this.refuse(prepared.product, origin.source, prepared.code);
      return { kind: "rejected", reason: prepared.refusal };
    }
    const { row } = prepared;
    const productWait = this.parts.productLimit.take(row.product);
    if (productWait > 0) {
      return this.limited("product", productWait);
    }
    const outcome = await batcher.submit(row);
    metrics.called(row.product, origin.source, outcome.result);
    switch (outcome.result) {
      case "rejected":
        return { kind: "rejected", reason: outcome.reason };
      case "unavailable":
        return this.overloaded();
      default:
        return { kind: "stored", id: row.id, result: outcome.result, advice: this.adviceText(row) };
    }
  }

  /** Takes the calls of one request, which may be of several products. An `Error` stands for one that is not JSON. */
  async many(values: readonly unknown[], origin: Origin): Promise<BatchAnswer> {
    const { batcher, metrics, productLimit } = this.parts;
    const wait = this.parts.addressLimit.take(origin.addressKey, values.length);
    if (wait > 0) {
      return this.limited("address", wait);
    }
    const now = this.rightTime();
    if (now === undefined) {
      return this.overloaded("clock");
    }
    const results: ItemAnswer[] = new Array(values.length);
    const rows: CallRow[] = [];
    const places: number[] = [];
    values.forEach((value, index) => {
      const prepared = this.prepare(value, origin, now);
      if ("refusal" in prepared) {
        this.refuse(prepared.product, origin.source, prepared.code);
        results[index] = { ...idOf(value), result: "rejected", reason: prepared.refusal };
      } else {
        rows.push(prepared.row);
        places.push(index);
      }
    });
    const productWait = Math.max(
      0,
      ...countByProduct(rows).map(([product, count]) => productLimit.take(product, count)),
    );
    if (productWait > 0) {
      return this.limited("product", productWait);
    }
    const outcomes = rows.length === 0 ? [] : await batcher.submitAll(rows);
    rows.forEach((row, index) => {
      metrics.called(row.product, origin.source, outcomes[index]?.result ?? "unavailable");
    });
    if (outcomes.some((outcome) => outcome.result === "unavailable")) {
      return this.overloaded();
    }
    outcomes.forEach((outcome, index) => {
      results[places[index] ?? 0] = itemOf(rows[index]?.id, outcome);
    });
    return { kind: "done", results, advice: this.newestAdvice(rows) };
  }

  /** Counts a call that is refused, where operations see it. */
  refuse(product: string | undefined, source: Origin["source"], reason: RefusalCode): void {
    const { metrics, refusals, products } = this.parts;
    metrics.refused(product, source, reason);
    refusals.count(source, products.label(product), reason);
  }

  /** The time that all calls of a request are judged by, unless the clock is wrong: read once, so that no jump comes in between. */
  private rightTime(): number | undefined {
    const { clock, now = Date.now } = this.parts;
    const time = now();
    return clock?.believes(time) === false ? undefined : time;
  }

  private prepare(value: unknown, origin: Origin, now: number) {
    const { products, hash } = this.parts;
    if (value instanceof Error) {
      return { refusal: value.message, code: "schema" as const, product: undefined };
    }
    return prepare(value, {
      now,
      source: origin.source,
      country: origin.country,
      switches: (product) => products.switches(product),
      hash,
    });
  }

  /** The advice as JSON without its opening brace; printing it for every call would cost more than the rest of the answer. */
  private adviceText({ product, version }: CallRow): string {
    const key = `${product} ${version}`;
    let text = this.advice.get(key);
    if (text === undefined) {
      const known = this.parts.products.find(product);
      text = known === undefined ? "{}" : JSON.stringify(adviceFor(known, version));
      if (this.advice.size > 1_000) {
        this.advice.clear();
      }
      this.advice.set(key, text);
    }
    return text;
  }

  /** For a spool that holds calls of several versions, the newest is the one that is installed now. */
  private newestAdvice(rows: readonly CallRow[]): VersionAdvice[] {
    const newest = new Map<string, string>();
    for (const { product, version } of rows) {
      const known = newest.get(product);
      if (known === undefined || compareVersions(known, version) < 0) {
        newest.set(product, version);
      }
    }
    return [...newest].flatMap(([product, version]) => {
      const known = this.parts.products.find(product);
      return known === undefined ? [] : [{ product, version, ...adviceFor(known, version) }];
    });
  }

  private limited(reason: "address" | "product", retryAfter: number): TurnedAway {
    this.parts.metrics.turnedAway(reason);
    return { kind: "limited", retryAfter };
  }

  /** Clients that were turned away together must not come back together. */
  private overloaded(reason: "overload" | "clock" = "overload"): TurnedAway {
    this.parts.metrics.turnedAway(reason);
    return { kind: "overload", retryAfter: 5 + Math.floor(Math.random() * 11) };
  }
}

function itemOf(id: string | undefined, outcome: Outcome): ItemAnswer {
  switch (outcome.result) {
    case "rejected":
      return { id, result: "rejected", reason: outcome.reason };
    case "duplicate":
      return { id, result: "duplicate" };
    default:
      return { id, result: "accepted" };
  }
}

/** The id of a refused call, if it has one that can be repeated to the client. */
function idOf(value: unknown): { id?: string } {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === "string" && /^[0-9a-fA-F-]{36}$/.test(id) ? { id } : {};
}

function countByProduct(rows: readonly CallRow[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { product } of rows) {
    counts.set(product, (counts.get(product) ?? 0) + 1);
  }
  return [...counts];
}
