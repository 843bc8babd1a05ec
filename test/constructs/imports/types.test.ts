import type { Gateway, HttpRoute } from "../../../constructs/imports/types/gateway-api";
import type { PrometheusRule, ServiceMonitor } from "../../../constructs/imports/types/prometheus-operator";
import { validateStrictly } from "../../support/strict";

const metadata = { name: "web", namespace: "shop" };

const route: HttpRoute = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata,
  spec: {
    parentRefs: [{ name: "shared", namespace: "gateway" }],
    hostnames: ["shop.example.org"],
    rules: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }], backendRefs: [{ name: "web", port: 80 }] }],
  },
};

const gateway: Gateway = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata,
  spec: {
    gatewayClassName: "any",
    listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
  },
};

const monitor: ServiceMonitor = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "ServiceMonitor",
  metadata,
  spec: { selector: { matchLabels: { app: "web" } }, endpoints: [{ port: "metrics", interval: "30s" }] },
};

const rule: PrometheusRule = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata,
  spec: { groups: [{ name: "web", rules: [{ alert: "WebDown", expr: "up == 0", for: "5m" }] }] },
};

test("what the types allow, the schemas allow", () => {
  expect(validateStrictly([route, gateway, monitor, rule].map((object) => ({ ...object })))).toEqual([]);
});

/** Each of these must be an error for the compiler too. */
const refused = {
  // @ts-expect-error a slip in an optional field
  slip: monitorOf({ port: "metrics", intervall: "30s" }),
  // @ts-expect-error a value that is not listed
  value: monitorOf({ port: "metrics", scheme: "ftp" }),
  // @ts-expect-error a required field is missing
  missing: { ...gateway, spec: { listeners: gateway.spec.listeners } } satisfies Gateway,
  // @ts-expect-error status is the cluster's to write
  status: { ...route, status: {} } satisfies HttpRoute,
};

test.each(Object.entries(refused))("fails on what the types refuse: %s", (_, object) => {
  expect(validateStrictly([{ ...object }])).toHaveLength(1);
});

function monitorOf(endpoint: ServiceMonitor["spec"]["endpoints"][number]): ServiceMonitor {
  return { ...monitor, spec: { ...monitor.spec, endpoints: [endpoint] } };
}
