import type { FastifyInstance } from "fastify";
import { openApi } from "../pages/openapi";
import { whatIsSentPage } from "../pages/what-is-sent";

/** The public pages: what is sent, and the API. */
export function addPages(server: FastifyInstance, attributions: readonly string[]): void {
  const page = whatIsSentPage(attributions);
  server.get("/what-is-sent", async (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  server.get("/openapi.json", async (_request, reply) => reply.send(openApi));
}
