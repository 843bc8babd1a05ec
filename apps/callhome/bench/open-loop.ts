import { connect, type Socket } from "node:net";
import { newId } from "../test/support/calls";

/** Connections that are kept open; a call waits for a free one, and its wait counts. */
const CONNECTIONS = 128;

export type Latencies = Record<"p50" | "p95" | "p99", number>;

/**
 * Milliseconds from when a call was due to its answer, at a rate that does not wait for answers. Calls fall due in groups, one
 * group a millisecond. Written on bare sockets, because client, service and database share the cores: Node's own client would
 * take more of them than the service.
 */
export async function openLoop(url: string, perSecond: number, seconds: number): Promise<Latencies> {
  const { hostname, port } = new URL(url);
  const latencies: number[] = [];
  const waiting: number[] = [];
  const free: Connection[] = [];
  const all = await Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      Connection.open(hostname, Number(port), (connection, due) => {
        latencies.push(performance.now() - due);
        const next = waiting.shift();
        next === undefined ? free.push(connection) : connection.call(next);
      }),
    ),
  );
  free.push(...all);
  const started = performance.now();
  const total = Math.floor(perSecond * seconds);
  for (let sent = 0; sent < total; ) {
    const now = performance.now();
    for (; sent < total && sent < ((now - started) / 1_000) * perSecond; sent++) {
      // The millisecond in which it fell due, however late this loop is.
      const due = started + Math.ceil((sent / perSecond) * 1_000);
      const connection = free.pop();
      connection === undefined ? waiting.push(due) : connection.call(due);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  while (latencies.length < total) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (const connection of all) {
    connection.close();
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number) => Math.round((latencies[Math.floor(total * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** A connection with one call under way at most. */
class Connection {
  static open(host: string, port: number, done: (connection: Connection, due: number) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => resolve(new Connection(socket, done)));
    });
  }

  private due = 0;
  private answer = "";

  private constructor(
    private readonly socket: Socket,
    private readonly done: (connection: Connection, due: number) => void,
  ) {
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => this.read(part));
  }

  call(due: number): void {
    this.due = due;
    const body = `{"id":"${newId()}","product":"pdf-light","version":"4.2.1","build":"20261103.7","edition":"pro","instance":"instance-1","user":"user-1","licence":"ABCD-EFGH-IJKL-0001","os":"windows","arch":"x64"}`;
    this.socket.write(
      `POST /v1/call HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  }

  close(): void {
    this.socket.destroy();
  }

  private read(part: string): void {
    this.answer += part;
    const end = this.answer.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(this.answer)?.[1]);
    if (end < 0 || this.answer.length < end + 4 + length) {
      return;
    }
    if (!this.answer.startsWith("HTTP/1.1 202")) {
      throw new Error(`not every call was taken:\n${this.answer}`);
    }
    this.answer = "";
    this.done(this, this.due);
  }
}
