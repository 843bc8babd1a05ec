import { createServer } from "node:net";
import { join } from "node:path";
import { testbedsFolder } from "./folders";
import { withLock } from "./lock";
import { allRecords } from "./record";
import { TestbedError } from "./testbed-error";

/** Below the range that the kernel gives to outgoing connections (32768 on Linux, 49152 on macOS). */
const [first, last] = [20000, 32000];

/**
 * Free ports on 127.0.0.1, one for each purpose, that no other testbed has been given.
 *
 * @param record is told the ports before another testbed may choose
 */
export function takePorts<Purpose extends string>(
  purposes: readonly Purpose[],
  record: (ports: Record<Purpose, number>) => void,
): Promise<Record<Purpose, number>> {
  return withLock(join(testbedsFolder(), "ports.lock"), async () => {
    const taken = new Set(allRecords().flatMap((testbed) => Object.values(testbed.ports)));
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
