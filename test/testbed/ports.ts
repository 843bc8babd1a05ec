import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { cacheFolder, testbedsFolder } from "./folders";
import { withLock } from "./lock";
import { allRecords, unlessGone } from "./record";
import { TestbedError } from "./testbed-error";

/** Below the range that the kernel gives to outgoing connections (32768 on Linux, 49152 on macOS). */
const [first, last] = [20000, 32000];

/** The folders in which testbeds lie, a line each: where `XDG_STATE_HOME` differs, the ports of the machine are still the same. */
const placesFile = (): string => join(cacheFolder(), "testbeds");

/**
 * Free ports on 127.0.0.1, one for each purpose, that no other testbed has been given.
 *
 * @param record is told the ports before another testbed may choose
 */
export function takePorts<Purpose extends string>(
  purposes: readonly Purpose[],
  record: (ports: Record<Purpose, number>) => void,
): Promise<Record<Purpose, number>> {
  return withLock(`${placesFile()}.lock`, async () => {
    const testbeds = placesOfTestbeds().flatMap((place) => allRecords(place));
    const taken = new Set(testbeds.flatMap(({ ports }) => Object.values(ports)));
    const ports = {} as Record<Purpose, number>;
    for (const purpose of purposes) {
      const port = await freePort(taken);
      taken.add(port);
      ports[purpose] = port;
    }
    record(ports);
    return ports;
  });
}

function placesOfTestbeds(): string[] {
  const lines = unlessGone(() => readFileSync(placesFile(), "utf8"))?.split("\n") ?? [];
  const known = lines.filter((line) => line !== "");
  const own = testbedsFolder();
  if (known.includes(own)) return known;
  appendFileSync(placesFile(), `${own}\n`);
  return [...known, own];
}

/**
 * A free port on 127.0.0.1, which no outgoing connection is given meanwhile.
 *
 * @throws TestbedError if none is found
 */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new TestbedError(`no free port found on 127.0.0.1 between ${first} and ${last}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
