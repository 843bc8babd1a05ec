import { connects, type End } from "../constructs/kubernetes/support/traffic";
import type { Draft } from "../support/environments";
import { objectsOf } from "../support/kubernetes";

/** Three applications: `shop` is public and calls `stock`, which calls a database outside; `other` calls nobody. */
const objects = objectsOf("onprem", {
  change: (draft) => {
    const app = (more: Draft) => ({
      namespace: "dev-apps",
      image: "ghcr.io/acme/app:1.0.0",
      port: 8080,
      resources: { cpu: "10m", memory: "16Mi" },
      ...more,
    });
    draft.apps.shop = app({ host: "shop", calls: ["stock"] });
    draft.apps.stock = app({
      namespace: "internal-tools",
      port: 9000,
      metrics: "/metrics",
      reaches: [{ block: "10.10.2.11/32", port: 5432 }],
    });
    draft.apps.other = app({});
  },
});

const pod = (namespace: string, name: string): End => ({
  namespace,
  labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name },
});
const shop = pod("dev-apps", "shop");
const stock = pod("internal-tools", "stock");
const other = pod("dev-apps", "other");
const proxy: End = { namespace: "kube-system", labels: { "app.kubernetes.io/name": "rke2-traefik" } };
const prometheus: End = { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } };
const dns: End = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const database: End = { address: "10.10.2.11" };

const allowed: [string, End, End, number][] = [
  ["the gateway's proxy reaches an application with a host name", proxy, shop, 8080],
  ["an application reaches one that it calls, on its port", shop, stock, 9000],
  ["an application reaches an address that it names, on that port", stock, database, 5432],
  ["Prometheus reaches an application with metrics", prometheus, stock, 9000],
];

const refused: [string, End, End, number][] = [
  ["the gateway's proxy does not reach an application without a host name", proxy, stock, 9000],
  ["Prometheus does not reach an application without metrics", prometheus, shop, 8080],
  ["an application does not reach one that it does not call", other, stock, 9000],
  ["a call has a direction", stock, shop, 8080],
  ["neighbours in a namespace do not reach each other", other, shop, 8080],
  ["another port of a called application is closed", shop, stock, 9001],
  ["an address is open for nobody else", shop, database, 5432],
  ["another port of an address is closed", stock, database, 22],
  ["the address beside it is closed", stock, { address: "10.10.2.12" }, 5432],
  ["the internet is closed", shop, { address: "192.0.2.1" }, 443],
  ["the metadata service of a cloud is closed", shop, { address: "169.254.169.254" }, 80],
  ["a pod that is no application reaches nothing", { namespace: "dev-apps", labels: {} }, shop, 8080],
  ["a namesake in another namespace is somebody else", pod("internal-tools", "shop"), stock, 9000],
];

describe("who may reach whom", () => {
  test.each(allowed)("%s", (_, from, to, port) => {
    expect(connects(objects, { from, to, port })).toBe(true);
  });

  test.each(refused)("%s", (_, from, to, port) => {
    expect(connects(objects, { from, to, port })).toBe(false);
  });

  test.each(["TCP", "UDP"] as const)("everybody may ask the name servers over %s", (protocol) => {
    expect(connects(objects, { from: other, to: dns, port: 53, protocol })).toBe(true);
    expect(connects(objects, { from: { namespace: "dev-apps", labels: {} }, to: dns, port: 53, protocol })).toBe(true);
  });

  test("other pods of kube-system are closed, on port 53 too", () => {
    const apiProxy: End = { namespace: "kube-system", labels: { component: "kube-apiserver" } };
    expect(connects(objects, { from: other, to: apiProxy, port: 53 })).toBe(false);
    expect(connects(objects, { from: other, to: dns, port: 9153 })).toBe(false);
  });
});
