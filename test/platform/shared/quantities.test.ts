import fc from "fast-check";
import { ByteSize, Cpu, Duration } from "../../../platform/shared/quantities";

describe("ByteSize", () => {
  test.each([
    ["512Mi", 512 * 2 ** 20],
    ["50Gi", 50 * 2 ** 30],
    ["2Ti", 2 * 2 ** 40],
  ])("reads %s", (text, bytes) => expect(ByteSize.parse(text)?.bytes).toBe(bytes));

  test.each(["50GB", "50", "Gi", "-1Gi", "1.5Gi", "0Gi", " 1Gi", "1e3Gi", "99999999999Ti"])(
    "does not read %j",
    (text) => expect(ByteSize.parse(text)).toBeUndefined(),
  );

  test("writes the shortest exact form, which reads back as the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 22 }), (count) => {
        const size = ByteSize.mebibytes(count);
        expect(ByteSize.parse(size.toString())?.bytes).toBe(size.bytes);
      }),
    );
    expect(ByteSize.mebibytes(2048).toString()).toBe("2Gi");
    expect(ByteSize.mebibytes(1536).toString()).toBe("1536Mi");
  });

  test("never falls below zero", () => {
    expect(ByteSize.gibibytes(1).minus(ByteSize.gibibytes(2)).bytes).toBe(0);
  });

  test("gives whole gibibytes rounded up", () => {
    expect(ByteSize.mebibytes(1025).wholeGibibytes).toBe(2);
  });
});

describe("Cpu", () => {
  test.each([
    ["250m", 250],
    ["2", 2000],
  ])("reads %s", (text, millicores) => expect(Cpu.parse(text)?.millicores).toBe(millicores));

  test.each(["0,5", "0.5", "-1", "m", "0", "2 cores"])("does not read %j", (text) =>
    expect(Cpu.parse(text)).toBeUndefined(),
  );

  test("writes whole cores without m", () => {
    expect([Cpu.millicores(1500).toString(), Cpu.cores(2).toString()]).toEqual(["1500m", "2"]);
  });
});

describe("Duration", () => {
  test.each([
    ["30s", 30],
    ["15m", 900],
    ["12h", 43_200],
    ["7d", 604_800],
  ])("reads %s", (text, seconds) => expect(Duration.parse(text)?.seconds).toBe(seconds));

  test.each(["2w", "0s", "1.5h", "15", "m"])("does not read %j", (text) =>
    expect(Duration.parse(text)).toBeUndefined(),
  );
});
