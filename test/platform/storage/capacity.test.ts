import { ByteSize } from "../../../platform/shared/quantities";
import { dataThatFits, rawSize, readable, usable } from "../../../platform/storage/ceph/capacity";

/** Hosts with disks of these sizes in Gi. */
const hosts = (...sizes: readonly (readonly number[])[]) =>
  sizes.map((disks, index) => ({
    name: `host-${index + 1}`,
    devices: disks.map((gibibytes) => ({ size: ByteSize.gibibytes(gibibytes) })),
  }));
const gibibytes = ({ bytes }: ByteSize) => Math.round(bytes / 2 ** 30);

describe("data that fits", () => {
  test("is raw / replicas on hosts that are alike", () => {
    const six = hosts([100], [100], [100], [100], [100], [100]);
    expect([1, 2, 3, 4, 5].map((replicas) => gibibytes(dataThatFits(six, replicas)))).toEqual([
      600, 300, 200, 150, 120,
    ]);
  });

  test("is the smallest host where each holds a copy of everything", () => {
    expect(gibibytes(dataThatFits(hosts([100], [400], [1000]), 3))).toBe(100);
  });

  test("counts of a large host what finds a partner", () => {
    // Two copies: all of the small hosts, and as much of the large one.
    expect(gibibytes(dataThatFits(hosts([1000], [100], [100]), 2))).toBe(200);
    // Three copies on four hosts: the large one holds one copy of everything, two of the other three the others.
    expect(gibibytes(dataThatFits(hosts([900], [100], [100], [100]), 3))).toBe(150);
  });

  test("adds up the disks of a host", () => {
    expect(gibibytes(dataThatFits(hosts([50, 50], [100], [25, 75]), 3))).toBe(100);
  });

  test("is nothing with fewer hosts than copies, a host without disks not counted", () => {
    expect(dataThatFits(hosts([100], [100]), 3).bytes).toBe(0);
    expect(dataThatFits(hosts([100], [100], []), 3).bytes).toBe(0);
  });
});

test("85 % of it may be claimed", () => {
  const three = hosts([100], [100], [100]);
  expect(gibibytes(rawSize(three))).toBe(300);
  expect(gibibytes(usable(three, 3))).toBe(85);
});

test.each([
  [ByteSize.gibibytes(1741), "1.7Ti"],
  [ByteSize.gibibytes(850), "850Gi"],
  [ByteSize.mebibytes(1536), "1.5Gi"],
  [ByteSize.mebibytes(12), "12Mi"],
  [ByteSize.zero, "0Mi"],
])("%p reads %s", (size, text) => expect(readable(size)).toBe(text));
