import type { FastifyInstance } from "fastify";
import { openApi } from "../pages/openapi";
import { whatIsSentPage } from "../pages/what-is-sent";
import type { CountrySource } from "../privacy/country/resolver";

/** The public pages: what is sent, and the API. */
export function addPages(server: FastifyInstance, countries: readonly Pick<CountrySource, "attribution">[]): void {
  // Printed each time: the operator's database changes while we run, and is named with its date.
  server.get("/what-is-sent", async (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(whatIsSentPage(countries.map(({ attribution }) => attribution))),
  );
  server.get("/openapi.json", async (_request, reply) => reply.send(openApi));
}
