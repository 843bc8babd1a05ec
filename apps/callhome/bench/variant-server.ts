import type { AddressInfo } from "node:net";
import { Products } from "../src/config/products";
import { addCallRoutes } from "../src/http/call-routes";
import { createServer } from "../src/http/server";
import { Intake } from "../src/ingest/intake";
import { MicroBatcher } from "../src/ingest/micro-batcher";
import { RefusalLog } from "../src/ingest/refusal-log";
import { TokenBuckets } from "../src/ingest/token-bucket";
import { createLog } from "../src/operations/log";
import { Metrics } from "../src/operations/metrics";
import { CountryResolver } from "../src/privacy/country/resolver";
import { KeyedHash } from "../src/privacy/keyed-hash";
import { CallStore } from "../src/storage/call-store";
import { Postgres } from "../src/storage/postgres";

/**
 * Servers to compare with: the same routes, checks, hashes, countries and metrics, but "none" stores nothing, and "row" stores
 * each call in a transaction of its own (10 connections).
 */
async function main([kind, url]: readonly string[]): Promise<void> {
  const metrics = new Metrics(() => "other");
  const limits = {
    flushCalls: 1_000,
    flushBytes: 1_048_576,
    queueCalls: 20_000,
    queueBytes: 33_554_432,
    patience: 5_000,
    lanes: 2,
  };
  const nowhere = { store: async (rows: readonly { id: string }[]) => new Set(rows.map(({ id }) => id)) };
  const batcher = new MicroBatcher(nowhere, limits, metrics);
  if (kind === "row" && url !== undefined) {
    const store = new CallStore(new Postgres({ url, connections: 10 }), "UTC");
    batcher.submit = async (row) => ({ result: (await store.store([row])).size === 1 ? "accepted" : "duplicate" });
  }
  const noLimit = () => new TokenBuckets({ perSecond: 0, burst: 1 });
  const server = createServer({ trustProxy: [], bodyBytes: 262_144, log: createLog("error") });
  const intake = new Intake({
    batcher,
    products: new Products([]),
    hash: new KeyedHash("a key for the bench that is long enough"),
    metrics,
    refusals: new RefusalLog(),
    addressLimit: noLimit(),
    productLimit: noLimit(),
  });
  addCallRoutes(server, intake, await CountryResolver.create({}));
  await server.listen({ host: "127.0.0.1", port: 0 });
  console.log(`taking calls at ${(server.server.address() as AddressInfo).port}`);
}

void main(process.argv.slice(2));
