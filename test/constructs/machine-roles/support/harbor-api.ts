import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;

/** An answer other than 200: what Harbor says, and its code. */
class Answer extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface HarborState {
  /** People besides `admin`, who have signed in. */
  readonly people: string[];
  /** Settings that somebody made, and Harbor's database keeps. */
  readonly settings: Json;
}

/** A Harbor with nothing in it: its database, which outlives a restart. */
export function emptyHarbor(): HarborState {
  return { people: [], settings: { auth_mode: "db_auth" } };
}

/**
 * Stands in for Harbor's API, as far as the role speaks with it. What it refuses, it refuses as Harbor does: after the first person
 * the kind of sign-in stays, and with CONFIG_OVERWRITE_JSON no setting can be changed. Source: goharbor/harbor,
 * src/controller/config/controller.go, src/core/main.go, src/controller/robot/controller.go.
 */
export class HarborStandIn {
  static readonly password = "Canary-of-the-admin-1";
  readonly #registries: Json[] = [];
  readonly #projects: (Json & { project_id: number; name: string; metadata: Json })[] = [];
  readonly #quotas = new Map<number, number>();
  readonly #retentions: Json[] = [];
  #robots: (Json & { id: number; name: string })[] = [];
  #robotsMade = 0;
  readonly #passwords = new Map<string, string>();
  readonly #schedules = new Map<string, Json>();
  /** Every change that was asked for: `POST /projects`. */
  readonly changes: string[] = [];
  unhealthy = false;
  /** What its proxy answers to everything, while what is behind it is down. */
  fault?: number;

  private constructor(
    private readonly state: HarborState,
    private readonly overwritten: boolean,
    private readonly stopServer: () => void,
    readonly port: number,
  ) {}

  /**
   * Starts on a database, as its container `core` does.
   *
   * @throws where Harbor would not start: the settings name another kind of sign-in than people have used
   */
  static async start(state: HarborState, overwrite?: string): Promise<HarborStandIn> {
    if (overwrite !== undefined)
      update(state, JSON.parse(overwrite), "failed to init config from CONFIG_OVERWRITE_JSON");
    let self: HarborStandIn | undefined;
    const server = createServer((request, response) => void self?.respond(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const stop = () => {
      server.close();
      server.closeAllConnections();
    };
    self = new HarborStandIn(state, overwrite !== undefined, stop, (server.address() as AddressInfo).port);
    return self;
  }

  stop(): void {
    this.stopServer();
  }

  /** Somebody comes back from the identity provider, or is made by hand. */
  signIn(person: string): void {
    this.state.people.push(person);
  }

  project(name: string): Json | undefined {
    const project = this.#projects.find((one) => one.name === name);
    const kept = this.#retentions[Number(project?.metadata.retention_id) - 1];
    return project && { ...project, storage: this.#quotas.get(project.project_id), retention: kept };
  }

  robot(name: string): Json | undefined {
    return this.#robots.find((one) => one.name === name);
  }

  /** Whether a robot's password opens. */
  opens(name: string, password: string): boolean {
    return this.#passwords.get(name) === password;
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = "", url = "" } = request;
    try {
      if (this.fault !== undefined) throw new Answer(this.fault, "bad gateway");
      const user = this.userOf(request);
      const answer = this.answer(method, new URL(url, "http://harbor"), text === "" ? {} : JSON.parse(text), user);
      if (method !== "GET") this.changes.push(`${method} ${url.replace("/api/v2.0", "")}`);
      response.writeHead(method === "POST" ? 201 : 200).end(answer === undefined ? "" : JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof Answer)) throw error;
      response.writeHead(error.status).end(JSON.stringify({ errors: [{ message: error.message }] }));
    }
  }

  private userOf({ headers }: IncomingMessage): string {
    const [name = "", password] = Buffer.from((headers.authorization ?? "").slice(6), "base64")
      .toString()
      .split(/:(.*)/s);
    const expected = name === "admin" ? HarborStandIn.password : this.#passwords.get(name);
    if (expected === undefined || password !== expected) throw new Answer(401, "unauthorized");
    return name;
  }

  private answer(method: string, { pathname, searchParams }: URL, body: Json, user: string): unknown {
    if (pathname === "/service/token") return { token: `of ${user}` };
    const path = pathname.replace("/api/v2.0", "");
    const [, kind = "", id = ""] = /^\/([a-z]+)\/?(.*)$/.exec(path) ?? [];
    if (path === "/health") return { components: [{ name: "core", status: this.unhealthy ? "unhealthy" : "healthy" }] };
    if (path === "/configurations") return this.configurations(method, body);
    if (path.startsWith("/system/")) return this.schedule(method, path, body);
    if (kind === "registries") return this.registries(method, Number(id), body);
    if (kind === "projects") return this.projects(method, decodeURIComponent(id), body);
    if (kind === "quotas") return this.quotas(method, Number(id), Number(searchParams.get("reference_id")), body);
    if (kind === "retentions") return this.retentions(method, Number(id), body);
    if (kind === "robots") return this.robots(method, Number(id), body, searchParams.get("q") ?? "");
    throw new Answer(404, `the stand-in knows no ${path}`);
  }

  private configurations(method: string, body: Json): unknown {
    if (method === "PUT") {
      const reason = "current config is init by env variable: CONFIG_OVERWRITE_JSON, it cannot be updated";
      if (this.overwritten) throw new Answer(403, reason);
      return update(this.state, body, "");
    }
    const { oidc_client_secret: _never, ...shown } = this.state.settings;
    const values = Object.entries(shown).map(
      ([name, value]) => [name, { value, editable: !this.overwritten }] as const,
    );
    const free = this.state.people.length === 0 && !this.overwritten;
    return { ...Object.fromEntries(values), auth_mode: { value: shown.auth_mode, editable: free } };
  }

  private schedule(method: string, path: string, body: Json): unknown {
    if (method === "GET") return this.#schedules.get(path) ?? {};
    if (method === "POST" && this.#schedules.has(path)) throw new Answer(409, "there is a schedule already");
    this.#schedules.set(path, body);
    return undefined;
  }

  private registries(method: string, id: number, body: Json): unknown {
    if (method === "GET") return this.#registries;
    if (method === "POST") this.#registries.push({ ...body, id: this.#registries.length + 1 });
    else Object.assign(this.#registries[id - 1] ?? {}, body);
    return undefined;
  }

  private projects(method: string, name: string, body: Json): unknown {
    if (method === "GET" && name === "") return this.#projects;
    if (method === "POST") {
      const project_id = this.#projects.length + 1;
      this.#quotas.set(project_id, body.storage_limit as number);
      const { project_name, metadata, registry_id } = body;
      this.#projects.push({ project_id, name: project_name as string, metadata: metadata as Json, registry_id });
      return undefined;
    }
    const project = this.#projects.find((one) => one.name === name);
    if (project === undefined) throw new Answer(403, "forbidden");
    if (method === "PUT") Object.assign(project.metadata, body.metadata);
    return project;
  }

  private quotas(method: string, id: number, reference: number, body: Json): unknown {
    if (method === "GET") return [{ id: reference, hard: { storage: this.#quotas.get(reference) } }];
    this.#quotas.set(id, (body.hard as { storage: number }).storage);
    return undefined;
  }

  private retentions(method: string, id: number, body: Json): unknown {
    if (method === "GET") return this.#retentions[id - 1];
    if (method === "PUT") {
      this.#retentions[id - 1] = body;
      return undefined;
    }
    this.#retentions.push(body);
    const { ref } = body.scope as { ref: number };
    const project = this.#projects.find(({ project_id }) => project_id === ref);
    if (project) project.metadata.retention_id = String(this.#retentions.length);
    return undefined;
  }

  private robots(method: string, id: number, body: Json, query: string): unknown {
    const robot = this.#robots.find((one) => one.id === id);
    if (method === "GET") return this.#robots.filter((one) => query.endsWith(`ProjectID=${one.project}`));
    if (method === "POST") {
      const [{ namespace }] = body.permissions as [{ namespace: string }];
      const project = this.#projects.find(({ name }) => name === namespace)?.project_id;
      const made = { ...body, id: ++this.#robotsMade, name: `robot$${namespace}+${body.name}`, project };
      this.#robots.push(made);
      this.#passwords.set(made.name, "what Harbor made up");
      return { id: made.id, name: made.name, secret: "what Harbor made up" };
    }
    if (method === "DELETE" && robot) {
      this.#robots = this.#robots.filter((one) => one !== robot);
      this.#passwords.delete(robot.name);
    }
    if (method === "PUT" && robot) {
      if (body.name !== robot.name) throw new Answer(400, "cannot update the level or name of robot");
      Object.assign(robot, body);
    }
    if (method === "PATCH" && robot) {
      const secret = body.secret as string;
      if (!/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,128}$/.test(secret))
        throw new Answer(400, "the secret must longer than 8 chars");
      this.#passwords.set(robot.name, secret);
    }
    return undefined;
  }
}

/** What Harbor does with new settings, by whatever way they come. */
function update({ people, settings }: HarborState, body: Json, prefix: string): void {
  const changes = body.auth_mode !== undefined && body.auth_mode !== settings.auth_mode;
  if (changes && people.length > 0) {
    const reason = "the auth mode cannot be modified as new users have been inserted into database";
    throw new Answer(400, prefix === "" ? reason : `${prefix}, error ${reason}`);
  }
  Object.assign(settings, body);
}
