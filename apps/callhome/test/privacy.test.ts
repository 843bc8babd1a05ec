import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../src/operations/log";
import { aCall } from "./support/calls";
import { startInProcess } from "./support/service";

/** What must be nowhere: where a call came from, and who sent it under which key. */
const SECRET = {
  ip: "217.160.0.77",
  ipv6: "2001:db8:77::77",
  user: "ann.canary@customer",
  licence: "CANARYKEY-OF-A-LICENCE-WXYZ",
  instance: "canary-instance-0001",
};

const products = {
  products: [{ name: "pdf-light", legacy: { paths: ["/callhome.php"], aliases: { user: ["u"] }, body: "OK" } }],
};

test("neither an address nor a name nor a licence key is in the database, the log, the metrics or the health report", async () => {
  let logged = "";
  const file = join(mkdtempSync(join(tmpdir(), "callhome-products-")), "products.json");
  writeFileSync(file, JSON.stringify(products));
  const service = await startInProcess(
    { CALLHOME_TRUST_PROXY: "127.0.0.0/8", CALLHOME_PRODUCTS_FILE: file, CALLHOME_JOBS: "on" },
    createLog("debug", {
      write(line: string) {
        logged += line;
      },
    }),
  );
  try {
    const { user, licence, instance } = SECRET;
    const call = () => aCall({ user, licence, instance });
    const send = async (path: string, address: string, body?: unknown) => {
      const headers = { "content-type": "application/json", "x-forwarded-for": address };
      const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
      return (await fetch(`${service.url}${path}`, init)).status;
    };
    const query = `u=${encodeURIComponent(user)}&licence=${licence}&instance=${instance}`;
    for (const address of [SECRET.ip, SECRET.ipv6]) {
      expect(await send("/v1/call", address, call())).toBe(202);
      expect(await send("/v1/calls", address, [call(), { ...call(), [user]: licence }])).toBe(202);
      // Refused ones must not leave more than good ones.
      expect(await send("/v1/call", address, { ...call(), version: user })).toBe(400);
      expect(await send("/v1/call", address, { ...call(), product: "other" })).toBe(400);
      expect(await send(`/callhome.php?version=1.0&${query}`, address)).toBe(200);
      expect(await send(`/callhome.php?version=%00&${query}`, address)).toBe(400);
      expect(await send(`/nothing/${instance}?${query}`, address)).toBe(404);
    }
    const operations = async (path: string) => (await fetch(`${service.operationsUrl}${path}`)).text();
    const tables = await service.database.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
    );
    const rows: string[] = [];
    for (const { name } of tables) {
      rows.push(
        ...(await service.database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)).map((r) => r.row),
      );
    }
    const places = {
      database: rows.join("\n"),
      log: logged,
      metrics: await operations("/metrics"),
      health: await operations("/health"),
    };
    // They are the right places: what may be kept is there.
    expect(places.database).toContain("WXYZ");
    expect(places.log).toContain("taking calls");
    expect(places.metrics).toMatch(
      /callhome_calls_total\{product="pdf-light",source="legacy",outcome="accepted"\} [12]/,
    );
    for (const [place, text] of Object.entries(places)) {
      for (const [what, value] of Object.entries(SECRET)) {
        expect([place, what, text.toLowerCase().includes(value.toLowerCase())]).toEqual([place, what, false]);
      }
    }
  } finally {
    await service.stop();
  }
});
