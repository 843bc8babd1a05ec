import { adviceFor } from "../src/call/answer";
import { EARLIEST, LATEST, type Prepared, prepare } from "../src/call/prepare";
import { firstUuidOf, timeOfUuid7, uuid7Of } from "../src/call/uuid7";
import { refusalOf } from "../src/call/validate";
import { compareVersions } from "../src/call/version-order";
import { Products } from "../src/config/products";
import { parseErasures } from "../src/privacy/erasure";
import { aCall, HASH, newId } from "./support/calls";

const NOW = Date.UTC(2026, 10, 3, 8, 0, 0);
const ON = { contractual: true, optional: true };
const prepared = (value: unknown, switches: typeof ON | undefined = ON): Prepared =>
  prepare(value, {
    now: NOW,
    source: "v1",
    country: { code: "FR", source: "table" },
    switches: () => switches,
    hash: HASH,
  });
const rowOf = (value: unknown, switches?: typeof ON) => {
  const result = prepared(value, switches);
  if ("refusal" in result) {
    throw new Error(result.refusal);
  }
  return result.row;
};

describe("the schema", () => {
  test.each([
    ["not an object", 7, "a call must be object"],
    ["no id", { ...aCall(), id: undefined }, "id is missing"],
    [
      "a UUIDv4",
      aCall({ id: "6d1f0a4e-52c1-4b8e-9a55-0b8f1f6f7c11" }),
      "id has a character or a form that is not allowed",
    ],
    ["a field of its own", { ...aCall(), hostname: "pc-7" }, "a field is not in the schema"],
    [
      "a field of its own in extras",
      aCall({ extras: { path: "c:/" } as never }),
      "extras: a field is not in the schema",
    ],
    ["a number as text", aCall({ extras: { cpuCores: "8" as never } }), "extras.cpuCores must be integer"],
    ["a huge number", aCall({ extras: { cpuCores: 1e300 } }), "extras.cpuCores must be"],
    ["markup", aCall({ version: "<b>" }), "version has a character"],
    ["a NUL byte", aCall({ user: "a\u0000b" }), "user has a character"],
    ["a lone surrogate", aCall({ user: "a\ud800" }), "user has a character"],
    ["a long version", aCall({ version: "1".repeat(41) }), "version must NOT have more than 40 characters"],
  ])("fails on %s", (_name, value, reason) => {
    expect(refusalOf(JSON.parse(JSON.stringify(value)))).toContain(reason);
  });

  test("a reason never repeats what was sent", () => {
    expect(refusalOf({ ...aCall(), "secret-name": 1 })).not.toContain("secret-name");
    expect(refusalOf(aCall({ version: "secret!" }))).not.toContain("secret");
  });

  test("a __proto__ in the JSON is a field like any other, and refused", () => {
    expect(refusalOf(JSON.parse(`{"__proto__":{"id":1},${JSON.stringify(aCall()).slice(1)}`))).toContain(
      "not in the schema",
    );
  });
});

describe("time", () => {
  test.each([
    ["now", 0],
    ["60 days ago", -LATEST],
    ["10 minutes ahead", EARLIEST],
  ])("an event of %s is taken, and one ahead counts as now", (_name, offset) => {
    expect(rowOf(aCall({ id: newId(NOW + offset) })).occurredAt).toBe(NOW + Math.min(offset, 0));
  });

  test.each([
    ["more than 60 days ago", -LATEST - 1, "id is more than 60 days ago", "late"],
    ["more than 10 minutes ahead", EARLIEST + 1, "id is more than 10 minutes ahead: is the clock right?", "early"],
  ])("fails on an event of %s", (_name, offset, refusal, code) => {
    expect(prepared(aCall({ id: newId(NOW + offset) }))).toEqual({ refusal, code, product: "pdf-light" });
  });

  test("occurredAt counts rather than the time in the id", () => {
    const row = rowOf(aCall({ id: newId(NOW), occurredAt: "2026-11-01T10:00:00+02:00" }));
    expect(row.occurredAt).toBe(Date.UTC(2026, 10, 1, 8));
  });

  test("fails on a date that does not exist", () => {
    expect(prepared(aCall({ id: newId(NOW), occurredAt: "2026-13-41T10:00:00Z" }))).toMatchObject({ code: "schema" });
  });
});

describe("privacy", () => {
  const call = aCall({ id: newId(NOW), user: "a.martin", licence: "ABCD-EFGH-1234", os: "linux" });

  test("names become keyed hashes, and of the licence the last four characters stay", () => {
    const row = rowOf(call);
    expect(JSON.stringify(row)).not.toMatch(/a\.martin|ABCD/);
    expect(row.userHash).toBe(HASH.of("user", "a.martin"));
    expect(row.licenceLast4).toBe("1234");
  });

  test("a short licence key keeps none of its characters", () => {
    expect(rowOf({ ...call, licence: "12345678901" }).licenceLast4).toBeNull();
  });

  test("with the optional class off, neither country nor system is kept", () => {
    expect(rowOf(call, { contractual: true, optional: false }).optional).toBeNull();
  });

  test("with the contractual class off, neither instance, user nor licence is kept", () => {
    const row = rowOf(call, { contractual: false, optional: true });
    expect([row.instanceHash, row.userHash, row.licenceHash, row.licenceLast4]).toEqual([null, null, null, null]);
    expect(row.optional?.os).toBe("linux");
  });

  test("the same text as user and as instance gives two hashes; composed differently it gives one", () => {
    expect(HASH.of("user", "x")).not.toBe(HASH.of("instance", "x"));
    expect(HASH.of("user", "é")).toBe(HASH.of("user", "e\u0301"));
  });
});

test("fails on a list of erasures with a line that was cut off, and says which", () => {
  const line = JSON.stringify({ subject: "user", hash: "0".repeat(32), until: "2026-11-03T08:15:00Z" });
  expect(parseErasures(`${line}\n\n${line}\n`)).toHaveLength(2);
  expect(() => parseErasures(`${line}\n${line.slice(0, 20)}`)).toThrow(
    "line 2 of the list of erasures is not JSON: mend it, or erase again and remove it",
  );
});

test("fails on a product that is not known", () => {
  const refused = prepare(aCall({ id: newId(NOW) }), {
    now: NOW,
    source: "v1",
    country: undefined,
    switches: () => undefined,
    hash: HASH,
  });
  expect(refused).toEqual({ refusal: "product is not known here", code: "product" });
});

test("a UUIDv7 keeps its time, and sorts with the bounds of its month", () => {
  const id = uuid7Of(NOW, "ffffffffffffffffffff");
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7fff-bfff-f{12}$/);
  expect(timeOfUuid7(id)).toBe(NOW);
  expect(firstUuidOf(NOW) < id && id < firstUuidOf(NOW + 1)).toBe(true);
});

test("versions are ordered as people order them", () => {
  const ordered = [
    "0.9",
    "1.0-alpha",
    "1.0-beta.2",
    "1.0-beta.11",
    "1.0",
    "1.0.1",
    "1.2",
    "1.10",
    "1.10.1",
    "10.0",
    "20261103.7",
  ];
  expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  expect(compareVersions("1.2.0+build7", "v1.2")).toBe(0);
});

test("the answer tells the latest version and only the alerts that concern the caller's", () => {
  const product = new Products([
    {
      ...new Products([]).find("x")!,
      name: "es",
      latest: "4.2",
      alerts: [{ id: "CVE-1", level: "critical", message: "Update.", below: "4.1" }],
    },
  ]).find("es")!;
  expect(adviceFor(product, "4.0")).toMatchObject({ latest: "4.2", outdated: true, alerts: [{ id: "CVE-1" }] });
  expect(adviceFor(product, "4.10")).toMatchObject({ outdated: false, alerts: [] });
});
