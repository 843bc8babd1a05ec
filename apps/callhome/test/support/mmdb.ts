/**
 * A file in the format of MaxMind DB 2.0 with countries of networks, as an operator would mount it. Networks are given as bits of an
 * IPv6 address ("0".repeat(96) before those of IPv4).
 */
export function mmdbOf(type: string, networks: Readonly<Record<string, string>>, built: Date): Buffer {
  const root: Node = {};
  const places = new Map<string, number>();
  const data: Buffer[] = [];
  let length = 0;
  for (const [network, country] of Object.entries(networks)) {
    if (!places.has(country)) {
      const entry = encode({ country: { iso_code: country } });
      places.set(country, length);
      data.push(entry);
      length += entry.length;
    }
    let node = root;
    for (const bit of network.slice(0, -1)) {
      const next = node[bit as Bit] ?? {};
      node[bit as Bit] = next;
      node = next as Node;
    }
    node[network.at(-1) as Bit] = country;
  }
  const nodes: Node[] = [];
  const number = (node: Node): void => {
    nodes.push(node);
    for (const child of [node["0"], node["1"]]) {
      if (typeof child === "object") {
        number(child);
      }
    }
  };
  number(root);
  const tree = Buffer.alloc(nodes.length * 6);
  nodes.forEach((node, index) => {
    [node["0"], node["1"]].forEach((child, side) => {
      const record =
        child === undefined
          ? nodes.length
          : typeof child === "string"
            ? nodes.length + 16 + (places.get(child) ?? 0)
            : nodes.indexOf(child);
      tree.writeUIntBE(record, index * 6 + side * 3, 3);
    });
  });
  const about = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 6,
    database_type: type,
    languages: [],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: built.getTime() / 1_000,
    description: {},
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from("\xab\xcd\xefMaxMind.com", "latin1"), about]);
}

/** The bits of a network such as "203.0.113.0/24" or "2001:db8::/32", the latter with its groups written out up to "::". */
export function bitsOf(network: string): string {
  const [address = "", prefix] = network.split("/");
  const bits = address.includes(":")
    ? (address.split("::")[0] ?? "").split(":").map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0"))
    : ["0".repeat(96), ...address.split(".").map((part) => Number(part).toString(2).padStart(8, "0"))];
  return bits.join("").slice(0, Number(prefix) + (address.includes(":") ? 0 : 96));
}

type Bit = "0" | "1";
interface Node {
  "0"?: Node | string;
  "1"?: Node | string;
}

/** A value in the data section: control byte (type and size), then the content. */
function encode(value: unknown): Buffer {
  if (typeof value === "string") {
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([Buffer.from([value.length, 11 - 7]), ...value.map(encode)]);
  }
  const entries = Object.entries(value as Record<string, unknown>);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])]);
}

function control(type: number, size: number): Buffer {
  return size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29]);
}
