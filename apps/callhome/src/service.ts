import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { Products } from "./config/products";
import type { Settings } from "./config/settings";
import { addCallRoutes } from "./http/call-routes";
import { addLegacyRoutes } from "./http/legacy-routes";
import { addOperations, addProbes } from "./http/operations-routes";
import { addPages } from "./http/page-routes";
import { createServer } from "./http/server";
import { Intake } from "./ingest/intake";
import { MicroBatcher } from "./ingest/micro-batcher";
import { RefusalLog } from "./ingest/refusal-log";
import { TokenBuckets } from "./ingest/token-bucket";
import { readFigures } from "./jobs/figures";
import { Jobs, type JobsOptions } from "./jobs/jobs";
import { Clock } from "./operations/clock";
import { Health } from "./operations/health";
import type { Log } from "./operations/log";
import { Metrics } from "./operations/metrics";
import { RELEASE } from "./operations/release";
import { RetryLog } from "./operations/retry-log";
import { CountryResolver } from "./privacy/country/resolver";
import { KeyedHash } from "./privacy/keyed-hash";
import { CallStore } from "./storage/call-store";
import type { Database } from "./storage/database";
import { readMigrations } from "./storage/migrate";
import { hashKeyOf, openDatabase, openForJobs, prepareDatabase } from "./storage/open";

/** A running service. */
export interface Service {
  readonly url: string;
  readonly operationsUrl: string;
  readonly database: Database;
  /** Becomes unready, finishes what it took, and closes. */
  stop(): Promise<void>;
}

/** Starts everything in order: database, schema, what takes calls, ports. */
export async function startService(settings: Settings, log: Log, onFatal: (error: Error) => void): Promise<Service> {
  const products = settings.CALLHOME_PRODUCTS_FILE
    ? Products.fromFile(settings.CALLHOME_PRODUCTS_FILE)
    : new Products([]);
  const countries = await CountryResolver.create({
    header: settings.CALLHOME_COUNTRY_HEADER,
    database: settings.CALLHOME_COUNTRY_DATABASE,
    table: settings.CALLHOME_COUNTRY_TABLE,
    onBadUpdate: (problem) => log.warn(problem),
  });
  const db = await openDatabase(settings, log, onFatal);
  const migrations = readMigrations();
  const metrics = new Metrics((product) => products.label(product));
  const batcher = createBatcher(settings, db, metrics, log);
  const clock = new Clock(db);
  const health = new Health({
    db,
    clock,
    migrations,
    batcher,
    ...RELEASE,
    dataDirectory: db.kind === "pglite" ? settings.CALLHOME_DATA_DIRECTORY : undefined,
    countryData: countries.sources,
    figures: () => readFigures(db, settings.CALLHOME_TIME_ZONE),
  });
  const hash = new KeyedHash(hashKeyOf(settings));
  const refusals = new RefusalLog();
  const intake = new Intake({
    batcher,
    products,
    hash,
    metrics,
    refusals,
    clock,
    addressLimit: new TokenBuckets({ perSecond: settings.CALLHOME_IP_RATE, burst: settings.CALLHOME_IP_BURST }),
    productLimit: new TokenBuckets({
      perSecond: settings.CALLHOME_PRODUCT_RATE,
      burst: settings.CALLHOME_PRODUCT_BURST,
    }),
  });

  const open = () =>
    createServer({ trustProxy: settings.CALLHOME_TRUST_PROXY, bodyBytes: settings.CALLHOME_BODY_BYTES, log });
  const operations = open();
  addProbes(operations, health);
  addOperations(operations, health, metrics);
  const operationsUrl = await listen(operations, settings.CALLHOME_OPERATIONS_LISTEN);

  await prepareDatabase(db, migrations, settings, health, clock, log);
  clock.start();

  const server = open();
  addProbes(server, health);
  addCallRoutes(server, intake, countries);
  addPages(server, countries.sources);
  addLegacyRoutes(server, products, intake, countries, hash);
  const url = await listen(server, settings.CALLHOME_LISTEN);
  health.takesCalls();
  const jobs = createJobs(settings, db, { refusals, metrics, log, clock }, onFatal);
  log.info({ url, operationsUrl, database: db.kind, version: RELEASE.version }, "taking calls");

  return {
    url,
    operationsUrl,
    database: db,
    async stop() {
      health.drain();
      await sleep(settings.CALLHOME_DRAIN_MS);
      await server.close();
      clock.stop();
      await batcher.drain();
      await jobs.stop();
      await operations.close();
      await db.close();
    },
  };
}

function createBatcher(settings: Settings, db: Database, metrics: Metrics, log: Log): MicroBatcher {
  const retries = new RetryLog(log);
  const batcher = new MicroBatcher(
    new CallStore(db, settings.CALLHOME_TIME_ZONE),
    {
      flushCalls: settings.CALLHOME_FLUSH_CALLS,
      flushBytes: settings.CALLHOME_FLUSH_BYTES,
      queueCalls: settings.CALLHOME_QUEUE_CALLS,
      queueBytes: settings.CALLHOME_QUEUE_BYTES,
      patience: settings.CALLHOME_PATIENCE_MS,
      lanes: db.kind === "pglite" ? 1 : settings.CALLHOME_FLUSH_LANES,
    },
    {
      flushed: (rows, milliseconds) => metrics.flushed(rows, milliseconds),
      retried(error) {
        metrics.retried();
        retries.note(error);
      },
    },
  );
  metrics.watch(batcher);
  return batcher;
}

/** Jobs have a connection of their own, on which a statement may take long. */
function createJobs(
  settings: Settings,
  db: Database,
  parts: Pick<JobsOptions, "refusals" | "metrics" | "log" | "clock">,
  onFatal: (error: Error) => void,
): { stop(): Promise<void> } {
  const own = db.kind === "postgres" ? openForJobs(settings, parts.log) : db;
  const jobs = new Jobs({
    db: own,
    retention: {
      contractual: settings.CALLHOME_CONTRACTUAL_MONTHS,
      optional: settings.CALLHOME_OPTIONAL_MONTHS,
      rollup: settings.CALLHOME_ROLLUP_MONTHS,
    },
    erasuresFile: settings.CALLHOME_ERASURES_FILE,
    ...parts,
  });
  if (settings.CALLHOME_JOBS) {
    jobs.start();
  }
  return {
    async stop() {
      await jobs.stop().catch(onFatal);
      if (own !== db) {
        await own.close();
      }
    },
  };
}

async function listen(server: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  await server.listen({ host, port });
  const address = server.server.address() as AddressInfo;
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
