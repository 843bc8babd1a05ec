import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CountryTable } from "../src/privacy/country/country-table";
import { asCountry, CountryResolver } from "../src/privacy/country/resolver";
import { until } from "./support/kill-rounds";
import { bitsOf, mmdbOf } from "./support/mmdb";
import { startInProcess } from "./support/service";

const V4 = "# a comment\n16777216,16777471,AU\n16777472,16778239,CN\n3405803776,3405804031,FR\n";
const V6 =
  "2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP\n2a00:1450:4000::,2a00:1450:4fff:ffff:ffff:ffff:ffff:ffff,IE\n";
const folder = (v4: string, v6: string) => {
  const path = mkdtempSync(join(tmpdir(), "callhome-geo-"));
  writeFileSync(join(path, "geoip"), v4);
  writeFileSync(join(path, "geoip6"), v6);
  return path;
};

test.each([
  ["1.0.0.0", "AU"],
  ["1.0.0.255", "AU"],
  ["1.0.1.0", "CN"],
  ["0.255.255.255", undefined],
  ["203.0.113.9", "FR"],
  ["2001:200::1", "JP"],
  ["2001:201::1", undefined],
  ["2a00:1450:4001:80b::200e", "IE"],
  ["::1", undefined],
  ["not an address", undefined],
])("the table says of %s: %s", (ip, country) => {
  expect(new CountryTable(V4, V6).lookup(ip)).toBe(country);
});

test("sources are asked in order: header, table, built-in", async () => {
  const resolver = await CountryResolver.create({ header: "CF-IPCountry", table: folder(V4, V6) });
  expect(resolver.resolve("203.0.113.9", "nz")).toEqual({ code: "NZ", source: "header" });
  expect(resolver.resolve("203.0.113.9", undefined)).toEqual({ code: "FR", source: "table" });
  expect(resolver.resolve("::ffff:203.0.113.9", "XX")).toEqual({ code: "FR", source: "table" });
  expect(resolver.resolve("8.8.8.8", undefined)).toEqual({ code: "US", source: "built-in" });
  expect(resolver.resolve("127.0.0.1", undefined)).toBeUndefined();
  expect(resolver.sources.map(({ attribution }) => attribution).join()).toMatch(
    /IPFire.*CC BY-SA 4\.0.*IP2Location LITE/,
  );
});

test("an empty table, of an image built without it, is not named as a source", async () => {
  const resolver = await CountryResolver.create({ table: folder("", "") });
  expect(resolver.sources.map(({ name }) => name)).toEqual(["built-in"]);
});

test("the operator's .mmdb comes before the table, knows both families, and is named with its date", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-geo-")), "countries.mmdb");
  const networks = { [bitsOf("203.0.113.0/24")]: "MT", [bitsOf("2001:db8:7::/48")]: "SG" };
  writeFileSync(file, mmdbOf("Test-Country", networks, new Date("2026-11-03T00:00:00Z")));
  const resolver = await CountryResolver.create({ header: "cf-ipcountry", database: file, table: folder(V4, V6) });
  expect(resolver.resolve("203.0.113.9", undefined)).toEqual({ code: "MT", source: "operator" });
  expect(resolver.resolve("2001:db8:7:1::1", undefined)).toEqual({ code: "SG", source: "operator" });
  expect(resolver.resolve("2001:db8:8::1", undefined)).toBeUndefined();
  expect(resolver.resolve("1.0.0.1", undefined)).toEqual({ code: "AU", source: "table" });
  expect(resolver.resolve("203.0.113.9", "NZ")).toEqual({ code: "NZ", source: "header" });
  expect(resolver.sources[0]?.attribution).toBe("The operator's database, Test-Country of 2026-11-03");
});

test("a new .mmdb is taken without a restart, and one that is only half there is not", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-geo-")), "countries.mmdb");
  const write = (country: string) =>
    writeFileSync(file, mmdbOf("Test-Country", { [bitsOf("203.0.113.0/24")]: country }, new Date()));
  write("MT");
  const problems: string[] = [];
  const resolver = await CountryResolver.create({
    database: file,
    lookEvery: 100,
    onBadUpdate: (problem) => problems.push(problem),
  });
  expect(resolver.resolve("203.0.113.9", undefined)?.code).toBe("MT");
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, whole.length / 2));
  for (let attempt = 0; attempt < 200 && problems.length === 0; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(problems[0]).toContain("the last one stays in use");
  expect(resolver.resolve("203.0.113.9", undefined)?.code).toBe("MT");
  write("SG");
  for (let attempt = 0; attempt < 200 && resolver.resolve("203.0.113.9", undefined)?.code === "MT"; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(resolver.resolve("203.0.113.9", undefined)?.code).toBe("SG");
});

test("a .mmdb that changes the moment after it was read is read again", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-geo-")), "countries.mmdb");
  // As where time is given to files in ticks, and both writes are in one.
  const tick = new Date();
  const write = (country: string) => {
    writeFileSync(file, mmdbOf("Test-Country", { [bitsOf("203.0.113.0/24")]: country }, tick));
    utimesSync(file, tick, tick);
  };
  write("MT");
  const resolver = await CountryResolver.create({ database: file, lookEvery: 20 });
  write("SG");
  for (let attempt = 0; attempt < 200 && resolver.resolve("203.0.113.9", undefined)?.code === "MT"; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(resolver.resolve("203.0.113.9", undefined)?.code).toBe("SG");
});

test("the date of a new .mmdb is shown on the health page and on the public one", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-geo-")), "countries.mmdb");
  const write = (date: string) =>
    writeFileSync(file, mmdbOf("Test-Country", { [bitsOf("203.0.113.0/24")]: "MT" }, new Date(date)));
  write("2026-11-03T00:00:00Z");
  const service = await startInProcess({ CALLHOME_COUNTRY_DATABASE: file });
  const shown = async () =>
    (
      await Promise.all(
        [`${service.url}/what-is-sent`, `${service.operationsUrl}/health`].map(async (url) =>
          (await fetch(url)).text(),
        ),
      )
    ).map((page) => /Test-Country of ([0-9-]+)/.exec(page)?.[1]);
  try {
    expect(await shown()).toEqual(["2026-11-03", "2026-11-03"]);
    write("2026-12-01T00:00:00Z");
    await until(async () => (await shown()).every((date) => date === "2026-12-01"));
  } finally {
    await service.stop();
  }
});

test.each([
  ["that does not exist", undefined, "ENOENT"],
  ["that is something else", "not a database", "name a readable file in MaxMind's format (.mmdb) of countries"],
])("fails on an .mmdb %s", async (_what, content, message) => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-geo-")), "countries.mmdb");
  if (content !== undefined) {
    writeFileSync(file, content);
  }
  const problem = CountryResolver.create({ database: file });
  await expect(problem).rejects.toThrow(`CALLHOME_COUNTRY_DATABASE is ${JSON.stringify(file)}: `);
  await expect(problem).rejects.toThrow(message);
});

test("fails if the folder has no table", async () => {
  await expect(CountryResolver.create({ table: "/nowhere" })).rejects.toThrow(
    'CALLHOME_COUNTRY_TABLE is "/nowhere": /nowhere/geoip does not exist; install Debian\'s tor-geoipdb',
  );
});

test.each(["XX", "T1", "EU", "AP", "f", "FRA", "", "fr", undefined])("%p is not a country", (code) => {
  expect(asCountry(code)).toBeUndefined();
});

const debian = "/usr/share/tor";
(existsSync(join(debian, "geoip")) ? test : test.skip)(
  "Debian's own table is read (skipped without tor-geoipdb)",
  async () => {
    const resolver = await CountryResolver.create({ table: debian });
    expect(resolver.resolve("8.8.8.8", undefined)).toEqual({ code: "US", source: "table" });
    expect(resolver.resolve("2001:4860:4860::8888", undefined)).toEqual({ code: "US", source: "table" });
    expect(resolver.resolve("194.2.0.20", undefined)).toEqual({ code: "FR", source: "table" });
  },
);
