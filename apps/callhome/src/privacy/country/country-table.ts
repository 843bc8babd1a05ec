import { readFileSync } from "node:fs";
import { isIP } from "node:net";

/**
 * The text tables of Debian's tor-geoipdb in memory: sorted ranges in typed arrays, 7 MB for 600,000 of them. The lines
 * are `16777216,16777471,AU` for IPv4 and `2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP` for IPv6.
 */
export class CountryTable {
  static fromFiles(v4: string, v6: string): CountryTable {
    return new CountryTable(readFileSync(v4, "latin1"), readFileSync(v6, "latin1"));
  }

  private readonly v4: Ranges;
  private readonly v6: Ranges;

  constructor(v4: string, v6: string) {
    this.v4 = new Ranges(v4, BigInt);
    this.v6 = new Ranges(v6, highHalf);
  }

  /** True for the tables of an image that was built without them. */
  get isEmpty(): boolean {
    return this.v4.size + this.v6.size === 0;
  }

  lookup(ip: string): string | undefined {
    switch (isIP(ip)) {
      case 4:
        return this.v4.find(ipv4Number(ip));
      case 6:
        return this.v6.find(highHalf(ip));
      default:
        return undefined;
    }
  }
}

/** Sorted, disjoint ranges of numbers below 2^64, each with two letters. */
class Ranges {
  private readonly from: BigUint64Array;
  private readonly to: BigUint64Array;
  private readonly codes: string;

  constructor(text: string, parse: (bound: string) => bigint) {
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    this.from = new BigUint64Array(lines.length);
    this.to = new BigUint64Array(lines.length);
    const codes: string[] = [];
    lines.forEach((line, index) => {
      const [from = "", to = "", code = "??"] = line.split(",");
      this.from[index] = parse(from);
      this.to[index] = parse(to);
      codes.push(code);
    });
    this.codes = codes.join("");
  }

  get size(): number {
    return this.from.length;
  }

  find(value: bigint): string | undefined {
    let low = 0;
    let high = this.from.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (value < (this.from[middle] ?? 0n)) {
        high = middle - 1;
      } else if (value > (this.to[middle] ?? 0n)) {
        low = middle + 1;
      } else {
        return this.codes.slice(2 * middle, 2 * middle + 2);
      }
    }
    return undefined;
  }
}

function ipv4Number(ip: string): bigint {
  return BigInt(ip.split(".").reduce((number, part) => number * 256 + Number(part), 0));
}

/** The first 64 bits of an IPv6 address: no range of a country is smaller. */
function highHalf(ip: string): bigint {
  const [head = "", tail] = (ip.split("%")[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const width = right.at(-1)?.includes(".") ? right.length + 1 : right.length;
  const zeros = tail === undefined ? 0 : 8 - left.length - width;
  const groups = [...left, ...new Array<string>(Math.max(0, zeros)).fill("0"), ...right].slice(0, 4);
  return groups.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}
