import { cronFault } from "../../../platform/shared/fields";
import { nearest } from "../../../platform/shared/keys";
import { domainFault, labelFault, slug } from "../../../platform/shared/names";
import { pathOf } from "../../../platform/shared/problems";

describe("a schedule", () => {
  test.each(["* * * * *", "30 2 * * *", "*/15 0-6 1,15 1-12/3 0", "59 23 31 12 7"])("%s is one", (text) =>
    expect(cronFault(text)).toBeUndefined(),
  );

  test.each([
    ["* * * *", "a schedule has 5 fields, this one has 4"],
    ["60 * * * *", "its minute is 60, which is no number, range or step between 0 and 59"],
    ["0 5-2 * * *", "its hour is 5-2, which is no number, range or step between 0 and 23"],
    ["0 0 0 * *", "its day of month is 0, which is no number, range or step between 1 and 31"],
    ["0 0 * 13 *", "its month is 13, which is no number, range or step between 1 and 12"],
    ["0 0 * * mon", "its day of week is mon, which is no number, range or step between 0 and 7"],
    ["*/0 * * * *", "its minute is */0, which is no number, range or step between 0 and 59"],
  ])("%s is none", (text, fault) => expect(cronFault(text)).toBe(fault));
});

describe("a name", () => {
  test.each(["a", "start-page", "9lives", "a".repeat(63)])("may be %s", (name) =>
    expect(labelFault(name)).toBeUndefined(),
  );
  test.each(["", "-a", "a-", "A", "a_b", "a.b", "é", "a".repeat(64)])("may not be %j", (name) =>
    expect(labelFault(name)).toBeDefined(),
  );
});

describe("a domain", () => {
  test.each(["acme.example", "a.b.c-d.test"])("may be %s", (domain) => expect(domainFault(domain)).toBeUndefined());
  test.each(["corp", "Acme.example", "-a.example", "a..example", "a.1", `${"a".repeat(64)}.example`])(
    "may not be %s",
    (domain) => expect(domainFault(domain)).toBeDefined(),
  );
});

test("slug keeps letters and digits", () => expect(slug("/dev/disk/by-id/SCSI_1")).toBe("dev-disk-by-id-scsi-1"));

test("a path shows lists and odd keys as TypeScript would", () => {
  expect(pathOf(["onprem", "cluster", "pools", 0, "a.b", "c"])).toBe('onprem.cluster.pools[0]["a.b"].c');
});

describe("the nearest word", () => {
  test("is found for a slip", () => expect(nearest("replcias", ["port", "replicas", "region"])).toBe("replicas"));
  test("is not guessed for something else", () => expect(nearest("colour", ["port", "replicas"])).toBeUndefined());
});
