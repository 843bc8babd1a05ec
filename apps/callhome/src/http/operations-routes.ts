import type { FastifyInstance } from "fastify";
import type { Health } from "../operations/health";
import { healthPage } from "../operations/health-page";
import type { Metrics } from "../operations/metrics";

/** `/livez` and `/readyz`, on both ports. */
export function addProbes(server: FastifyInstance, health: Health): void {
  server.get("/livez", async (_request, reply) => reply.send({ live: true }));
  server.get("/readyz", async (_request, reply) => {
    const { ready, reason } = health.readiness();
    return reply.code(ready ? 200 : 503).send({ ready, reason });
  });
}

/** `/metrics` and `/health`, on the operations port only. */
export function addOperations(server: FastifyInstance, health: Health, metrics: Metrics): void {
  server.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  server.get("/health", async (request, reply) => {
    const report = await health.report();
    if (request.headers.accept?.includes("text/html")) {
      return reply.type("text/html; charset=utf-8").send(healthPage(report));
    }
    return reply.send(report);
  });
}
