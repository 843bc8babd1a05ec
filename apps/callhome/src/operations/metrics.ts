import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { BatcherObserver, MicroBatcher } from "../ingest/micro-batcher";

/** All figures of the service. Labels are closed sets or configured product names, so their number is bounded. */
export class Metrics implements BatcherObserver {
  readonly registry = new Registry();
  private readonly counters = new Map<string, Counter.Internal>();

  private readonly calls = new Counter({
    name: "callhome_calls_total",
    help: "Calls by product (other: not configured), source (v1, legacy) and outcome (accepted, duplicate, rejected, unavailable)",
    labelNames: ["product", "source", "outcome"],
    registers: [this.registry],
  });
  private readonly refusals = new Counter({
    name: "callhome_refused_total",
    help: "Calls refused before storing, by source and reason",
    labelNames: ["source", "reason"],
    registers: [this.registry],
  });
  private readonly shed = new Counter({
    name: "callhome_shed_total",
    help: "Requests turned away with Retry-After, by reason (overload, clock, address, product)",
    labelNames: ["reason"],
    registers: [this.registry],
  });
  private readonly flushRows = new Histogram({
    name: "callhome_flush_rows",
    help: "Calls in one commit",
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000],
    registers: [this.registry],
  });
  private readonly commitSeconds = new Histogram({
    name: "callhome_commit_seconds",
    help: "Time from sending a flush to its committed answer",
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [this.registry],
  });
  private readonly retries = new Counter({
    name: "callhome_flush_retries_total",
    help: "Flushes repeated because the database was away or the commit uncertain",
    registers: [this.registry],
  });
  // Not "job": Prometheus gives every figure a label of that name.
  readonly jobSuccess = new Gauge({
    name: "callhome_job_last_success_timestamp_seconds",
    help: "When each job last succeeded in this process",
    labelNames: ["name"],
    registers: [this.registry],
  });
  readonly jobFailed = new Gauge({
    name: "callhome_job_failed",
    help: "1 if the last run of the job failed, in whichever replica, else 0",
    labelNames: ["name"],
    registers: [this.registry],
  });
  readonly rollupDue = new Gauge({
    name: "callhome_rollup_oldest_due_seconds",
    help: "Age of the oldest change that is not in the roll-ups yet",
    registers: [this.registry],
  });
  readonly rollupMismatches = new Gauge({
    name: "callhome_rollup_mismatches",
    help: "Product days whose roll-up differed from the calls at the last check",
    registers: [this.registry],
  });

  constructor(private readonly label: (product: string | undefined) => string) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Adds the gauges of the queue. */
  watch(batcher: MicroBatcher): void {
    new Gauge({
      name: "callhome_queue_calls",
      help: "Calls waiting for their commit",
      registers: [this.registry],
      collect() {
        this.set(batcher.depth);
      },
    });
    new Gauge({
      name: "callhome_queue_bytes",
      help: "Estimated bytes of the calls waiting for their commit",
      registers: [this.registry],
      collect() {
        this.set(batcher.depthBytes);
      },
    });
  }

  called(product: string | undefined, source: string, outcome: string): void {
    const label = this.label(product);
    // The child of a label set is kept: looking it up in prom-client hashes the labels each time.
    const key = `${label}\0${source}\0${outcome}`;
    let child = this.counters.get(key);
    if (child === undefined) {
      child = this.calls.labels(label, source, outcome);
      this.counters.set(key, child);
    }
    child.inc();
  }

  refused(product: string | undefined, source: string, reason: string): void {
    this.called(product, source, "rejected");
    this.refusals.inc({ source, reason });
  }

  turnedAway(reason: "overload" | "clock" | "address" | "product"): void {
    this.shed.inc({ reason });
  }

  flushed(rows: number, milliseconds: number): void {
    this.flushRows.observe(rows);
    this.commitSeconds.observe(milliseconds / 1_000);
  }

  retried(): void {
    this.retries.inc();
  }
}
