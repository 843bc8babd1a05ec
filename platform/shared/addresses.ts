/** An IPv4 address as a number, so that addresses can be compared and counted. */
export function ipv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** A number as an IPv4 address: the inverse of {@link ipv4}. */
export function ipv4Text(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** Blocks in which no machine, pod or service can have an address, and why. Source: IANA's special-purpose registry. */
const SPECIAL = [
  { first: 0, last: 2 ** 24 - 1, name: "the network itself (0.0.0.0/8)" },
  { first: 127 * 2 ** 24, last: 128 * 2 ** 24 - 1, name: "each machine's own (127.0.0.0/8)" },
  { first: (169 * 256 + 254) * 2 ** 16, last: (169 * 256 + 255) * 2 ** 16 - 1, name: "one link (169.254.0.0/16)" },
  { first: 224 * 2 ** 24, last: 2 ** 32 - 1, name: "groups and experiments (224.0.0.0/3)" },
] as const;

/** Why nothing in a block can be reached; nothing if it can. */
export function specialFault(block: Cidr): string | undefined {
  const found = SPECIAL.find(({ first, last }) => first <= block.last && block.first <= last);
  return found && `it has addresses that are reserved for ${found.name}`;
}

/** A block of IPv4 addresses, written `10.20.0.0/16`. */
export class Cidr {
  private constructor(
    /** First address, as a number. */
    readonly first: number,
    /** Length of the prefix in bits, 0 to 32. */
    readonly prefix: number,
  ) {}

  /** @returns nothing where `text` is no block, or where bits are set behind the prefix (`10.20.0.1/16`) */
  static parse(text: string): Cidr | undefined {
    const match = /^([\d.]+)\/(0|[1-9]\d?)$/.exec(text);
    const first = match?.[1] === undefined ? undefined : ipv4(match[1]);
    const prefix = Number(match?.[2]);
    if (first === undefined || prefix > 32) return undefined;
    return first % 2 ** (32 - prefix) === 0 ? new Cidr(first, prefix) : undefined;
  }

  /** The block of one address alone; nothing where there is none, or where it is no IPv4 address. */
  static ofAddress(address: string | undefined): Cidr | undefined {
    return address === undefined ? undefined : Cidr.parse(`${address}/32`);
  }

  /** How many addresses it holds. */
  get size(): number {
    return 2 ** (32 - this.prefix);
  }

  get last(): number {
    return this.first + this.size - 1;
  }

  contains(address: number): boolean {
    return this.first <= address && address <= this.last;
  }

  covers(other: Cidr): boolean {
    return this.first <= other.first && other.last <= this.last;
  }

  overlaps(other: Cidr): boolean {
    return this.first <= other.last && other.first <= this.last;
  }

  /** The block of length `prefix` at place `index` within this one; nothing where it would lie outside. */
  subnet(prefix: number, index: number): Cidr | undefined {
    if (prefix < this.prefix || prefix > 32) return undefined;
    const first = this.first + index * 2 ** (32 - prefix);
    const subnet = new Cidr(first, prefix);
    return this.covers(subnet) ? subnet : undefined;
  }

  toString(): string {
    return `${ipv4Text(this.first)}/${this.prefix}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Why no machine in these networks can have an address, and whether that is for lying outside of them; nothing if one can. */
export function placeFault(
  address: string,
  blocks: readonly Cidr[],
): { readonly rule: string; readonly isOutside: boolean } | undefined {
  const number = ipv4(address);
  if (number === undefined) return undefined;
  const block = blocks.find(({ first, last, prefix }) => prefix < 31 && [first, last].includes(number));
  if (block) {
    const which = block.first === number ? "network" : "broadcast";
    return { rule: `it is the ${which} address of ${block}`, isOutside: false };
  }
  if (blocks.some((one) => one.contains(number))) return undefined;
  return { rule: `it lies outside the environment's networks (${blocks.join(", ")})`, isOutside: true };
}

/** A block that holds more addresses than anybody has: `0.0.0.0/0`, or the parts that somebody cuts it into. */
export function isEverybody({ prefix }: Cidr): boolean {
  return prefix < 8;
}

/** Source: RFC 1918, and RFC 6598 for what lies between a provider and its customers. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].flatMap(
  (text) => Cidr.parse(text) ?? [],
);

/** Whether nobody on the internet has an address of the block. */
export function isPrivate(block: Cidr): boolean {
  return PRIVATE.some((range) => range.covers(block));
}
