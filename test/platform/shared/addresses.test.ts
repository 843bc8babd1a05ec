import fc from "fast-check";
import { Cidr, ipv4, ipv4Text } from "../../../platform/shared/addresses";

const block = (text: string) => Cidr.parse(text) ?? fail(text);
function fail(text: string): never {
  throw new Error(`${text} is no block`);
}

describe("ipv4", () => {
  test("reads what it writes", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (number) => ipv4(ipv4Text(number)) === number));
  });

  test.each(["10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.0.1", "a.b.c.d", "10.0.0.-1", "1e1.0.0.0"])(
    "does not read %s",
    (text) => expect(ipv4(text)).toBeUndefined(),
  );
});

describe("Cidr", () => {
  test.each(["10.20.0.1/16", "10.20.0.0/33", "10.0.0.0/08", "10.20.0.0", "10.20.0.0/", "10.20.0/16"])(
    "does not read %s",
    (text) => expect(Cidr.parse(text)).toBeUndefined(),
  );

  test("reads the whole of IPv4 and a single address", () => {
    expect([block("0.0.0.0/0").size, block("10.0.0.1/32").size]).toEqual([2 ** 32, 1]);
  });

  test("knows its last address", () => expect(ipv4Text(block("10.20.0.0/19").last)).toBe("10.20.31.255"));

  test.each([
    ["10.0.0.0/8", "10.20.0.0/16", true],
    ["10.20.0.0/16", "10.0.0.0/8", true],
    ["10.20.0.0/24", "10.20.1.0/24", false],
  ])("%s and %s overlap: %s", (one, other, overlap) => expect(block(one).overlaps(block(other))).toBe(overlap));

  test("subnets of one prefix never overlap and lie within", () => {
    const args = fc.tuple(fc.integer({ min: 16, max: 28 }), fc.integer({ min: 0, max: 12 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(args, ([prefix, longer, one, other]) => {
        const whole = block(`10.20.0.0/${Math.max(16, prefix - longer)}`);
        const count = 2 ** (prefix - whole.prefix);
        const [first, second] = [whole.subnet(prefix, one % count), whole.subnet(prefix, other % count)];
        expect(first && whole.covers(first)).toBe(true);
        expect(first && second && first.overlaps(second)).toBe(one % count === other % count);
      }),
    );
  });

  test("gives no subnet beyond its end", () => expect(block("10.20.0.0/24").subnet(26, 4)).toBeUndefined());
});
