import { Agent, request } from "node:http";
import { aCall, newId } from "./calls";

/** What one request came to; a connection that broke has status 0. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/**
 * Clients that behave as ours must: each keeps its calls until they are acknowledged, and sends them again, with the
 * same ids, after an error or a 503. Half of them send single calls, half batches.
 */
export class RetryingClients {
  /** Ids that the service said are stored. */
  readonly acknowledged = new Set<string>();
  /** Every id that was ever sent. */
  readonly sent = new Set<string>();
  /** How often each status came back. */
  readonly replies = new Map<number, number>();
  private running = true;
  private aborted = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly loops: Promise<void>[];

  constructor(
    private readonly urls: () => readonly string[],
    clients: number,
    private readonly batch = 20,
    /** The clients' own clock, from which their ids are made. */
    private readonly clock: () => number = Date.now,
  ) {
    this.loops = Array.from({ length: clients }, (_, index) => this.loop(index));
  }

  /** Stops at once, whatever is open: for the end of a test that failed. */
  abort(): void {
    this.running = false;
    this.aborted = true;
    this.agent.destroy();
  }

  /** Makes no new calls, and resolves when each that was made is acknowledged. */
  async finish(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
    this.agent.destroy();
  }

  private async loop(index: number): Promise<void> {
    while (this.running) {
      const calls = Array.from({ length: index % 2 === 0 ? 1 : this.batch }, () =>
        aCall({ id: newId(this.clock()), instance: `client-${index}` }),
      );
      for (const { id } of calls) {
        this.sent.add(id);
      }
      await this.untilAcknowledged(calls);
    }
  }

  private async untilAcknowledged(calls: ReturnType<typeof aCall>[]): Promise<void> {
    const single = calls.length === 1;
    for (let attempt = 0; !this.aborted; attempt++) {
      const urls = this.urls();
      const url = urls[attempt % urls.length] ?? "";
      const reply = await send(
        `${url}${single ? "/v1/call" : "/v1/calls"}`,
        JSON.stringify(single ? calls[0] : calls),
        this.agent,
      );
      this.replies.set(reply.status, (this.replies.get(reply.status) ?? 0) + 1);
      if (reply.status === 202) {
        const { results } = single ? { results: [JSON.parse(reply.body)] } : JSON.parse(reply.body);
        for (const { id, result } of results as { id: string; result: string }[]) {
          if (result !== "accepted" && result !== "duplicate") {
            throw new Error(`a good call was ${result}: ${reply.body}`);
          }
          this.acknowledged.add(id);
        }
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60));
    }
  }
}

/** One POST of JSON. Never rejects. */
export function send(url: string, body: string, agent?: Agent): Promise<Reply> {
  return new Promise((resolve) => {
    const broken = () => resolve({ status: 0, body: "" });
    const outgoing = request(
      url,
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => {
          text += chunk;
        });
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: text }));
        incoming.on("error", broken);
      },
    );
    outgoing.on("error", broken);
    outgoing.setTimeout(20_000, () => outgoing.destroy());
    outgoing.end(body);
  });
}
