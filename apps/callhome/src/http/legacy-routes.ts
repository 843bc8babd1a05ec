import type { FastifyInstance } from "fastify";
import type { Products } from "../config/products";
import type { Intake } from "../ingest/intake";
import { chooseProduct, legacyCall, legacyPaths, parametersOf } from "../ingest/legacy";
import type { CountryResolver } from "../privacy/country/resolver";
import type { KeyedHash } from "../privacy/keyed-hash";
import { originOf } from "./call-routes";

/**
 * The addresses that old versions call, with GET and also over plain HTTP, for their code cannot be changed any more. They get the
 * old body byte for byte, without a redirect.
 */
export function addLegacyRoutes(
  server: FastifyInstance,
  products: Products,
  intake: Intake,
  countries: CountryResolver,
  hash: KeyedHash,
): void {
  for (const [path, candidates] of legacyPaths(products.list)) {
    server.get(path, async (request, reply) => {
      const parameters = parametersOf(request.params, request.query);
      const product = chooseProduct(candidates, parameters);
      if (product === undefined) {
        intake.refuse(undefined, "legacy", "product");
        return reply.code(400).type("text/plain; charset=utf-8").send("unknown product");
      }
      const answer = await intake.one(
        legacyCall(product, parameters, Date.now(), hash),
        originOf(request, "legacy", countries),
      );
      switch (answer.kind) {
        case "stored":
          return reply.type(product.legacy.contentType).send(product.legacy.body);
        case "rejected":
          return reply.code(400).type("text/plain; charset=utf-8").send(answer.reason);
        default:
          return reply
            .code(answer.kind === "limited" ? 429 : 503)
            .header("retry-after", String(answer.retryAfter))
            .type("text/plain; charset=utf-8")
            .send("not stored");
      }
    });
  }
}
