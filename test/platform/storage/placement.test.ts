import { givenUp, leastCopies, serves } from "../../../platform/storage/ceph/placement";

describe("the share of placements that lack a copy", () => {
  test("is all of them with fewer hosts than copies", () => {
    expect(givenUp([1, 1], 3)).toBe(1);
    expect(givenUp([1, 1, 0], 3)).toBe(1);
  });

  test("is that of 52 draws that all fall on one host, with two copies on two hosts", () => {
    expect(givenUp([9, 1], 2)).toBeCloseTo(0.9 ** 52 + 0.1 ** 52, 12);
  });

  test("is that of 53 draws that miss one host at least, with three copies on three hosts", () => {
    // Inclusion and exclusion: draws that miss one host, without those counted twice because they miss two.
    const missesOne = 0.9 ** 53 + 0.6 ** 53 + 0.5 ** 53;
    const missesTwo = 0.5 ** 53 + 0.4 ** 53 + 0.1 ** 53;
    expect(givenUp([5, 4, 1], 3)).toBeCloseTo(missesOne - missesTwo, 12);
  });

  test("counts draws that fall on a host that is away", () => {
    expect(givenUp([1, 1], 2, 2)).toBeCloseTo(2 * 0.75 ** 52 - 0.5 ** 52, 12);
  });

  test("is next to nothing on hosts that are alike", () => {
    for (const hosts of [3, 5, 8, 12, 20]) expect(givenUp(Array(hosts).fill(1), 3)).toBeLessThan(1e-8);
  });
});

describe("reading and writing", () => {
  test("needs half of the copies, rounded up", () => {
    expect([1, 2, 3, 4, 5].map(leastCopies)).toEqual([1, 1, 2, 2, 3]);
  });

  test.each([
    [3, 3, 1, true],
    [3, 3, 2, false],
    [5, 3, 1, true],
    // More copies than hosts: there are three of five, one loss is too much.
    [3, 5, 0, true],
    [3, 5, 1, false],
    [1, 3, 0, false],
    [3, 2, 1, true],
    [3, 2, 2, false],
  ])("on %i hosts with %i copies and %i hosts lost: %p", (hosts, replicas, lost, expected) => {
    expect(serves(hosts, replicas, lost)).toBe(expected);
  });
});
