import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { sha256 } from "../../../assembly/digest";

/** A chart repository, and a registry, on loopback. What it answers can be changed while it runs. */
export interface Publisher {
  /** Of the chart repository. */
  readonly address: string;
  /** Of the chart in the registry, which wants a token of anybody. */
  readonly registry: string;
  /** The archive by which everything is served. */
  archive: Buffer;
  /** What the index says of the archive; nothing if undefined. */
  stated: string | undefined;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** What it answers where it has nothing. */
  status: number;
  /** Sends half of the archive and then nothing more. */
  stuck: boolean;
  readonly close: () => Promise<void>;
}

export const archiveOf = (words: string): Buffer => gzipSync(Buffer.from(words));

export async function publisher(): Promise<Publisher> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  const asked: string[] = [];
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const archive = archiveOf("a chart");
  const made: Publisher = {
    address: `http://${host}/charts`,
    registry: `oci://${host}/project/shelf`,
    archive,
    stated: sha256(archive).slice("sha256:".length),
    asked,
    status: 404,
    stuck: false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "";
    if (path === "/charts/index.yaml") {
      response.end(
        [
          "entries:",
          "  shelf:",
          "    - version: 1.2.3",
          "      urls: [files/shelf-1.2.3.tgz]",
          ...(made.stated === undefined ? [] : [`      digest: ${made.stated}`]),
          "    - version: 1.2.2",
          "      urls: [files/shelf-1.2.2.tgz]",
        ].join("\n"),
      );
    } else if (path === "/charts/files/shelf-1.2.3.tgz") {
      if (!made.stuck) response.end(made.archive);
      else response.writeHead(200, { "content-length": made.archive.length }).write(made.archive.subarray(0, 8));
    } else if (path.startsWith("/token?")) {
      response.end(JSON.stringify({ token: "anybody" }));
    } else if (path.startsWith("/charts/")) {
      response.writeHead(made.status).end();
    } else if (request.headers.authorization !== "Bearer anybody") {
      const realm = `Bearer realm="http://${host}/token",service="registry",scope="repository:project/shelf:pull"`;
      response.writeHead(401, { "www-authenticate": realm }).end();
    } else if (path === "/v2/project/shelf/manifests/1.2.3") {
      const mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
      response.end(JSON.stringify({ layers: [{ mediaType, digest: sha256(archive) }] }));
    } else if (path === `/v2/project/shelf/blobs/${sha256(archive)}`) {
      response.end(made.archive);
    } else {
      response.writeHead(404).end();
    }
  }
  return made;
}
