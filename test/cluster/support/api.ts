import { readFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";
import { parse } from "yaml";
import type { KubernetesObject } from "../../../platform/shared/release";

export interface Answer {
  readonly status: number;
  /** Of an object, a list, or a `Status` that says what is wrong; text where it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API server answers
  readonly body: any;
}

/** Who asks, instead of the administrator. */
export interface Person {
  readonly user: string;
  readonly groups: readonly string[];
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Real requests to the API server, over one connection that is kept: a hundredth of what starting kubectl takes. */
export class Api {
  private constructor(
    private readonly connection: RequestOptions,
    private readonly server: string,
    private readonly resources: Map<string, Promise<readonly Resource[]>>,
    private readonly person?: Person,
  ) {}

  static of(kubeconfig: string): Api {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8"));
    const decode = (text: string) => Buffer.from(text, "base64");
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 16,
      ca: decode(clusters[0].cluster["certificate-authority-data"]),
      cert: decode(users[0].user["client-certificate-data"]),
      key: decode(users[0].user["client-key-data"]),
    });
    return new Api({ agent }, clusters[0].cluster.server, new Map());
  }

  /** The same server, asked in the name of somebody else. */
  as(person: Person): Api {
    return new Api(this.connection, this.server, this.resources, person);
  }

  call(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<Answer> {
    const headers: Record<string, string | string[]> = { accept: "application/json" };
    if (this.person) {
      headers["Impersonate-User"] = this.person.user;
      headers["Impersonate-Group"] = ["system:authenticated", ...this.person.groups];
    }
    if (body !== undefined) headers["content-type"] = contentType;
    return this.send(path, { ...this.connection, method, headers }, body);
  }

  private send(path: string, options: RequestOptions, body: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(`${this.server}${path}`, options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: readBody(Buffer.concat(parts).toString("utf8")) }),
        );
      });
      call.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed a connection that nobody used for a while just when it was to be used again: nothing of this was read.
        if (call.reusedSocket && error.code === "ECONNRESET") this.send(path, options, body).then(resolve, reject);
        else reject(error);
      });
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Creates an object. */
  async create(object: KubernetesObject, query = ""): Promise<Answer> {
    return this.call("POST", `${await this.collection(object)}${query}`, object);
  }

  /** Whether the API server would take the object as it is, unknown fields refused; nothing is stored. */
  tryOut(object: KubernetesObject): Promise<Answer> {
    return this.create(object, "?dryRun=All&fieldValidation=Strict");
  }

  /** Path of all objects of this one's kind, in its namespace if it has one. */
  async collection({ apiVersion, kind, metadata: { namespace } }: KubernetesObject): Promise<string> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = (await this.discover(root)).find(
      (resource) => resource.kind === kind && !resource.name.includes("/"),
    );
    if (found === undefined) throw new Error(`the API server knows no ${apiVersion} ${kind}`);
    return `${root}${found.namespaced ? `/namespaces/${namespace ?? "default"}` : ""}/${found.name}`;
  }

  private discover(root: string): Promise<readonly Resource[]> {
    const known = this.resources.get(root) ?? this.call("GET", root).then(({ body }) => body.resources ?? []);
    this.resources.set(root, known);
    return known;
  }

  /** Ends its connections. */
  close(): void {
    (this.connection.agent as Agent).destroy();
  }
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
