import type { CallRow } from "../call/prepare";
import type { CallSink } from "../storage/call-store";
import { failureOf, sqlState } from "../storage/database";
import { Fifo } from "./fifo";

/** What became of a call. `accepted` and `duplicate` both mean: committed. */
export type Outcome =
  | { readonly result: "accepted" }
  | { readonly result: "duplicate" }
  | { readonly result: "rejected"; readonly reason: string }
  /** Not known to be stored: the client keeps it and sends it again, with the same id. */
  | { readonly result: "unavailable" };

export interface BatcherLimits {
  /** Rows in a flush. */
  readonly flushCalls: number;
  /** Estimated bytes in a flush. */
  readonly flushBytes: number;
  /** Rows that may wait; above it callers are turned away. */
  readonly queueCalls: number;
  /** Estimated bytes that may wait. */
  readonly queueBytes: number;
  /** Milliseconds a call may wait for its commit before its caller is told to come back. */
  readonly patience: number;
  /** Flushes under way at once: one computes while another waits for the disk. */
  readonly lanes: number;
}

/** What operations wants to see. */
export interface BatcherObserver {
  flushed(rows: number, milliseconds: number): void;
  retried(error: unknown): void;
}

interface Entry {
  readonly row: CallRow;
  readonly bytes: number;
  readonly deadline: number;
  readonly settle: (outcome: Outcome) => void;
  /** The same id again in the same flush: stored once, settled together. */
  repeats?: Entry[];
}

const ACCEPTED: Outcome = { result: "accepted" };
const DUPLICATE: Outcome = { result: "duplicate" };
const UNAVAILABLE: Outcome = { result: "unavailable" };

/**
 * Group commit: calls that arrive while a flush is being committed form the next one. Nothing waits for a timer; under
 * low load a call is flushed alone and at once, under high load a commit is shared by hundreds.
 */
export class MicroBatcher {
  private readonly singles = new Fifo<Entry>();
  private readonly batches = new Fifo<Entry>();
  private bytes = 0;
  private inFlight = 0;
  private lanesBusy = 0;
  private scheduled = false;
  private stopping = false;
  private idle: (() => void) | undefined;
  private readonly sweeper: NodeJS.Timeout;

  constructor(
    private readonly sink: CallSink,
    private readonly limits: BatcherLimits,
    private readonly observer: BatcherObserver,
    /** Milliseconds that never jump. */
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.sweeper = setInterval(() => this.giveUpOnExpired(), Math.min(250, limits.patience));
    this.sweeper.unref();
  }

  /** Calls that wait or are being committed. */
  get depth(): number {
    return this.singles.length + this.batches.length + this.inFlight;
  }

  /** Their estimated bytes in memory. */
  get depthBytes(): number {
    return this.bytes;
  }

  /** Stores one call. Resolves after its commit. */
  submit(row: CallRow): Promise<Outcome> {
    const bytes = sizeOf(row);
    if (!this.hasRoom(1, bytes)) {
      return Promise.resolve(UNAVAILABLE);
    }
    return new Promise((settle) => this.enqueue(this.singles, { row, bytes, deadline: this.deadline(), settle }));
  }

  /** Stores the calls of one request. Resolves when all are settled. Takes all or, if there is no room, none. */
  submitAll(rows: readonly CallRow[]): Promise<Outcome[]> {
    const sizes = rows.map(sizeOf);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (rows.length === 0 || !this.hasRoom(rows.length, total)) {
      return Promise.resolve(rows.map(() => UNAVAILABLE));
    }
    return new Promise((resolve) => {
      const outcomes: Outcome[] = new Array(rows.length);
      let open = rows.length;
      const deadline = this.deadline();
      rows.forEach((row, index) => {
        const settle = (outcome: Outcome) => {
          outcomes[index] = outcome;
          open -= 1;
          if (open === 0) {
            resolve(outcomes);
          }
        };
        this.enqueue(this.batches, { row, bytes: sizes[index] ?? 0, deadline, settle });
      });
    });
  }

  /** Takes no more calls; resolves when every one that was taken is settled. */
  async drain(): Promise<void> {
    this.stopping = true;
    if (this.depth > 0) {
      await new Promise<void>((resolve) => {
        this.idle = resolve;
      });
    }
    clearInterval(this.sweeper);
  }

  private deadline(): number {
    return this.clock() + this.limits.patience;
  }

  private hasRoom(calls: number, bytes: number): boolean {
    return (
      !this.stopping && this.depth + calls <= this.limits.queueCalls && this.bytes + bytes <= this.limits.queueBytes
    );
  }

  private enqueue(queue: Fifo<Entry>, entry: Entry): void {
    queue.push(entry);
    this.bytes += entry.bytes;
    if (!this.scheduled && this.mayStartLane()) {
      this.scheduled = true;
      // After the requests that arrived in the same turn of the event loop, so that they share the commit.
      setImmediate(() => {
        this.scheduled = false;
        this.startLanes();
      });
    }
  }

  /**
   * One lane shares commits best: measured 1.3 times the calls of two lanes at 32 connections. Another one starts only
   * when so many wait that a flush is well filled without sharing.
   */
  private mayStartLane(): boolean {
    const waiting = this.singles.length + this.batches.length;
    return this.lanesBusy === 0 || (this.lanesBusy < this.limits.lanes && waiting >= this.limits.flushCalls / 4);
  }

  private startLanes(): void {
    while (this.singles.length + this.batches.length > 0 && this.mayStartLane()) {
      void this.runLane(this.take());
    }
  }

  private async runLane(entries: Entry[]): Promise<void> {
    this.lanesBusy += 1;
    this.inFlight += entries.length;
    await this.flush(mergeRepeated(entries));
    this.lanesBusy -= 1;
    this.startLanes();
    if (this.idle !== undefined && this.depth === 0) {
      this.idle();
    }
  }

  /**
   * The next flush. While both kinds wait, each gets half: a replayed spool of thousands cannot starve the single calls,
   * nor they the spool.
   */
  private take(): Entry[] {
    const { flushCalls, flushBytes } = this.limits;
    const taken: Entry[] = [];
    let bytes = 0;
    let turn: Fifo<Entry> = this.singles;
    while (taken.length < flushCalls) {
      if (turn.length === 0) {
        turn = turn === this.singles ? this.batches : this.singles;
      }
      const next = turn.peek();
      if (next === undefined || (taken.length > 0 && bytes + next.bytes > flushBytes)) {
        break;
      }
      turn.shift();
      taken.push(next);
      bytes += next.bytes;
      turn = turn === this.singles ? this.batches : this.singles;
    }
    return taken;
  }

  /** Stores the entries, whatever it takes, until each is settled. */
  private async flush(entries: readonly Entry[]): Promise<void> {
    let waiting = entries;
    for (let attempt = 0; waiting.length > 0; attempt++) {
      const started = this.clock();
      try {
        const stored = await this.sink.store(waiting.map((entry) => entry.row));
        this.observer.flushed(waiting.length, this.clock() - started);
        for (const entry of waiting) {
          this.settle(entry, stored.has(entry.row.id) ? ACCEPTED : DUPLICATE);
        }
        return;
      } catch (error) {
        if (failureOf(error) === "data") {
          await this.split(waiting, error);
          return;
        }
        // Perhaps the commit happened and only the answer was lost. Repeating is safe: the ids are unique.
        this.observer.retried(error);
        await sleep(Math.min(50 * 2 ** attempt, 1_000) * (0.5 + Math.random() / 2));
        waiting = this.stillPatient(waiting);
      }
    }
  }

  /** Halves a flush that one of its rows made fail, until that row is alone and is rejected. */
  private async split(entries: readonly Entry[], error: unknown): Promise<void> {
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      this.settle(only, { result: "rejected", reason: `the database refused it (${sqlState(error)})` });
      return;
    }
    const middle = entries.length >> 1;
    await this.flush(entries.slice(0, middle));
    await this.flush(entries.slice(middle));
  }

  private stillPatient(entries: readonly Entry[]): Entry[] {
    const now = this.clock();
    return entries.filter((entry) => {
      if (entry.deadline > now) {
        return true;
      }
      this.settle(entry, UNAVAILABLE);
      return false;
    });
  }

  private giveUpOnExpired(): void {
    const now = this.clock();
    for (const queue of [this.singles, this.batches]) {
      for (let next = queue.peek(); next !== undefined && next.deadline <= now; next = queue.peek()) {
        queue.shift();
        this.bytes -= next.bytes;
        next.settle(UNAVAILABLE);
      }
    }
    if (this.idle !== undefined && this.depth === 0) {
      this.idle();
    }
  }

  private settle(entry: Entry, outcome: Outcome): void {
    this.inFlight -= 1;
    this.bytes -= entry.bytes;
    entry.settle(outcome);
    for (const repeat of entry.repeats ?? []) {
      this.settle(repeat, outcome === ACCEPTED ? DUPLICATE : outcome);
    }
  }
}

/** Leaves one entry an id, sorted by id: two flushes with the same calls then wait for each other instead of deadlocking. */
function mergeRepeated(entries: readonly Entry[]): Entry[] {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const known = first.get(entry.row.id);
    if (known === undefined) {
      first.set(entry.row.id, entry);
    } else {
      known.repeats = [...(known.repeats ?? []), entry];
    }
  }
  return [...first.values()].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
}

/** Bytes of a row in memory and on the wire, roughly: fixed columns and objects, and what varies. */
function sizeOf(row: CallRow): number {
  return 600 + row.version.length + (row.build?.length ?? 0) + (row.optional?.extras?.length ?? 0);
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
