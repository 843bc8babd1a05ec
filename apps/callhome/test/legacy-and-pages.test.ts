import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callSchema } from "../src/call/schema";
import { apiMarkdown, settingsMarkdown } from "../src/pages/markdown";
import { startInProcess } from "./support/service";

const PRODUCTS = {
  products: [
    {
      name: "pdf-light",
      latest: "5.0",
      legacy: {
        paths: ["/callhome.php", "/ping/:version/:instance"],
        aliases: { version: ["v", "ver"], instance: ["machine"], user: ["login"], licence: ["key"] },
        when: { app: "pdf" },
        body: "<!-- ok -->\r\n",
      },
    },
    { name: "pdf-clean", legacy: { paths: ["/clean/:version/:instance"], body: "1" } },
    {
      name: "es",
      optional: false,
      legacy: { paths: ["/callhome.php"], when: { app: "es" }, aliases: { version: ["v"] } },
    },
  ],
};

let service: Awaited<ReturnType<typeof startInProcess>>;
beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-products-")), "products.json");
  writeFileSync(file, JSON.stringify(PRODUCTS));
  service = await startInProcess({ CALLHOME_PRODUCTS_FILE: file, CALLHOME_TRUST_PROXY: "127.0.0.0/8" });
});
afterAll(() => service.stop());
beforeEach(() => service.database.query("DELETE FROM call; DELETE FROM call_optional"));

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${service.url}${path}`, { headers, redirect: "manual" });
const rows = () =>
  service.database.query<Record<string, unknown>>(
    "SELECT product, version, source, instance_hash, user_hash, licence_last4 FROM call",
  );

describe("legacy calls", () => {
  test("an old query string becomes the row that a new call would be, and gets the old body", async () => {
    const answer = await get("/callhome.php?app=pdf&v=3.1&machine=PC-000017&login=ann&key=ABCD-EFGH-1234&unknown=x");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await answer.text()).toBe("<!-- ok -->\r\n");
    expect(await rows()).toEqual([
      expect.objectContaining({
        product: "pdf-light",
        version: "3.1",
        source: "legacy",
        licence_last4: "1234",
        user_hash: expect.any(String),
      }),
    ]);
  });

  test("a clean address works the same", async () => {
    expect(await (await get("/clean/3.1/PC-000017")).text()).toBe("1");
    expect(await rows()).toEqual([expect.objectContaining({ product: "pdf-clean", version: "3.1" })]);
  });

  test("the same instance in the same minute is stored once, another instance apart", async () => {
    const minute = Math.floor(Date.now() / 60_000) * 60_000;
    const clock = jest.spyOn(Date, "now");
    const storedAt = async (second: number, machine: string) => {
      clock.mockReturnValue(minute + second * 1_000);
      await get(`/callhome.php?app=pdf&v=3.1&machine=${machine}`);
      return (await rows()).length;
    };
    try {
      expect([await storedAt(0, "PC-000017"), await storedAt(59, "PC-000017")]).toEqual([1, 1]);
      expect([await storedAt(59, "PC-000018"), await storedAt(60, "PC-000017")]).toEqual([2, 3]);
    } finally {
      clock.mockRestore();
    }
  });

  test("without an instance the user stands for it, and without a user each call counts", async () => {
    await get("/callhome.php?app=pdf&v=3.1&login=ann");
    await get("/callhome.php?app=pdf&v=3.1&login=bob");
    await get("/callhome.php?app=pdf&v=3.1");
    await get("/callhome.php?app=pdf&v=3.1");
    expect(await rows()).toHaveLength(4);
  });

  test("plain HTTP is served there, without a redirect", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http" };
    expect((await get("/callhome.php?app=pdf&v=3.1&machine=PC-000017", headers)).status).toBe(200);
    expect((await get("/what-is-sent", headers)).status).toBe(200);
  });

  test("a product whose optional class is off keeps no optional part", async () => {
    await get("/callhome.php?app=es&v=1&instance=PC-000017&os=linux");
    expect(await service.database.query("SELECT FROM call_optional")).toEqual([]);
    expect(await rows()).toHaveLength(1);
  });

  test.each([
    ["an unknown product", "/callhome.php?app=none&v=1", "unknown product"],
    ["no version", "/callhome.php?app=pdf&machine=PC-000017", "version is missing"],
    ["an injection", "/callhome.php?app=pdf&v=1'%20OR%201=1--&machine=PC-000017", "version has a character"],
    ["a nested PHP parameter", "/callhome.php?app=pdf&v[]=1&machine=PC-000017", "version is missing"],
  ])("fails on %s, and it is counted", async (_name, path, reason) => {
    const answer = await get(path);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(reason);
    expect(await rows()).toEqual([]);
    expect(await (await fetch(`${service.operationsUrl}/metrics`)).text()).toMatch(
      /callhome_refused_total\{source="legacy",reason="\w+"\} \d/,
    );
  });

  test.each(["/ping/1.0/x", "/ping/:version/:instance", "/callhome.php"])(
    "POST to %s is answered 405",
    async (path) => {
      const answer = await fetch(`${service.url}${path}`, { method: "POST" });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
    },
  );

  test("HEAD stores nothing", async () => {
    expect((await fetch(`${service.url}/callhome.php?app=pdf&v=1&machine=PC-000017`, { method: "HEAD" })).status).toBe(
      405,
    );
    expect(await rows()).toEqual([]);
  });
});

describe("pages", () => {
  test("the public page names every field of the schema, and the attribution of the country data", async () => {
    const page = await (await get("/what-is-sent")).text();
    for (const name of Object.keys(callSchema.shape).filter((field) => field !== "extras")) {
      expect(page).toContain(`<td>${name}<td>`);
    }
    expect(page).toContain("<td>extras.cpuCores<td>optional");
    expect(page).toContain("IP2Location LITE");
    expect(page).not.toMatch(/<script|src=|href=|style=/);
  });

  test("the OpenAPI document holds the very schema of the call", async () => {
    const { openapi, components } = (await (await get("/openapi.json")).json()) as {
      openapi: string;
      components: { schemas: { Call: { properties: object; additionalProperties: boolean } } };
    };
    expect(openapi).toBe("3.1.0");
    expect(Object.keys(components.schemas.Call.properties)).toEqual(Object.keys(callSchema.shape));
    expect(components.schemas.Call.additionalProperties).toBe(false);
  });

  test.each([
    ["settings.md", settingsMarkdown],
    ["api.md", apiMarkdown],
  ])("docs/callhome/%s is what the program prints; else run npm run docs -w apps/callhome", (file, print) => {
    expect(readFileSync(join(__dirname, "..", "..", "..", "docs", "callhome", file), "utf8")).toBe(print());
  });
});
