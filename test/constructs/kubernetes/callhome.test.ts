import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Draft } from "../../support/environments";
import { objectsOf, only } from "../../support/kubernetes";

type Example = Parameters<typeof objectsOf>[0];

/** Objects of Callhome in an example environment, with its entry in the data changed. */
function callhome(of: Example = "onprem", change: (entry: Draft, draft: Draft) => void = () => {}) {
  return objectsOf(of, { release: "callhome", change: (draft) => change(draft.callhome, draft) });
}

const pod = (objects = callhome()) => only(objects, "Deployment", "callhome").spec.template.spec;
const container = (objects = callhome()) => pod(objects).containers[0];
const job = (objects = callhome()) => objects.find(({ kind }) => kind === "Job") as Draft;
const variables = ({ env }: Draft) =>
  Object.fromEntries(env.map(({ name, value, valueFrom }: Draft) => [name, value ?? valueFrom.secretKeyRef]));

describe("a replica", () => {
  test("is asked for life where nobody else comes, and for readiness where calls come", () => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = container();
    expect(ports.map(({ name, containerPort }: Draft) => [name, containerPort])).toEqual([
      ["http", 8080],
      ["operations", 9090],
    ]);
    expect(startupProbe.httpGet).toEqual({ path: "/livez", port: "operations" });
    expect(livenessProbe.httpGet).toEqual({ path: "/livez", port: "operations" });
    expect(readinessProbe.httpGet).toEqual({ path: "/readyz", port: "http" });
  });

  test("listens on the ports that it is asked on, and waits for the schema instead of making it", () => {
    expect(variables(container())).toMatchObject({
      CALLHOME_LISTEN: "0.0.0.0:8080",
      CALLHOME_OPERATIONS_LISTEN: "0.0.0.0:9090",
      CALLHOME_MIGRATIONS: "check",
    });
  });

  test("reaches its database by TLS, with a password and an authority from secrets", () => {
    expect(variables(container())).toMatchObject({
      CALLHOME_DATABASE_URL:
        "postgresql://callhome@pg-1.corp.acme.example:5432/callhome?sslmode=verify-full&sslrootcert=/etc/callhome/database/ca.crt",
      CALLHOME_DATABASE_PASSWORD: { name: "callhome-database", key: "password" },
      CALLHOME_HASH_KEY: { name: "callhome", key: "hash-key" },
    });
    const volume = pod().volumes.find(({ secret }: Draft) => secret !== undefined);
    expect(volume.secret).toEqual({ secretName: "callhome-database", items: [{ key: "ca.crt", path: "ca.crt" }] });
    expect(container().volumeMounts).toContainEqual({
      name: volume.name,
      mountPath: "/etc/callhome/database",
      readOnly: true,
    });
  });

  test("checks who signed the certificate of RDS, whose name in it nobody knows before", () => {
    expect(variables(container(callhome("aws"))).CALLHOME_DATABASE_URL).toBe(
      "postgresql://callhome@callhome.databases.acme.example:5432/callhome?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/etc/callhome/database/ca.crt",
    );
  });

  test("believes the pods' network, where the gateway's proxy is, and the proxies that are named", () => {
    const named = callhome("onprem", (entry) => (entry.trustProxy = ["10.10.3.80/32"]));
    expect(variables(container(named)).CALLHOME_TRUST_PROXY).toBe("10.42.0.0/16,10.10.3.80/32");
    expect(variables(container(callhome("aws"))).CALLHOME_TRUST_PROXY).toBe("10.20.0.0/19,10.20.32.0/19,10.20.64.0/19");
    expect(variables(container(callhome("local"))).CALLHOME_TRUST_PROXY).toBe("10.42.0.0/16");
  });

  test("believes nobody where neither is known", () => {
    const unknown = callhome("local", (_, draft) => delete draft.cluster.podBlock);
    expect(variables(container(unknown))).not.toHaveProperty("CALLHOME_TRUST_PROXY");
  });

  test("reads the products as they are described, and is rolled when they change", () => {
    const objects = callhome();
    const { data } = only(objects, "ConfigMap", "callhome-files");
    const { products } = JSON.parse(data["products.json"]);
    expect(products.map(({ name }: Draft) => name)).toEqual(["workbench", "pdf-light"]);
    expect(variables(container(objects)).CALLHOME_PRODUCTS_FILE).toBe("/etc/callhome/config/products.json");
    const digest = (of: Draft[]) => only(of, "Deployment").spec.template.metadata.annotations["bastide.dev/files"];
    const changed = callhome("onprem", (entry) => (entry.products[0].latest = "3.5.0"));
    expect(digest(changed as Draft[])).not.toBe(digest(objects as Draft[]));
  });

  test("takes every product where none is described", () => {
    const every = callhome("onprem", (entry) => delete entry.products);
    expect(every.filter(({ kind }) => kind === "ConfigMap")).toEqual([]);
    expect(variables(container(every))).not.toHaveProperty("CALLHOME_PRODUCTS_FILE");
  });
});

describe("the number of replicas", () => {
  test("is the autoscaler's alone", () => {
    const objects = callhome();
    expect(only(objects, "Deployment", "callhome").spec).not.toHaveProperty("replicas");
    expect(only(objects, "HorizontalPodAutoscaler", "callhome").spec).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "callhome" },
      minReplicas: 2,
      maxReplicas: 4,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    });
  });

  test("is fixed where the bounds are the same", () => {
    const fixed = callhome("onprem", (entry) => (entry.replicas = { least: 3, most: 3 }));
    expect(only(fixed, "Deployment", "callhome").spec.replicas).toBe(3);
    expect(fixed.filter(({ kind }) => kind === "HorizontalPodAutoscaler")).toEqual([]);
  });

  test("may fall by one while a node is drained, if there are always two", () => {
    expect(only(callhome(), "PodDisruptionBudget", "callhome").spec.maxUnavailable).toBe(1);
    const single = callhome("onprem", (entry) => (entry.replicas = { least: 1, most: 4 }));
    expect(single.filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
  });
});

describe("the migration", () => {
  test("is done once, by the same image, with what reaching the database takes and nothing else", () => {
    const { spec } = job();
    expect(spec.template.spec.containers).toHaveLength(1);
    const [migrate] = spec.template.spec.containers;
    expect(migrate.image).toBe(container().image);
    expect(migrate.args).toEqual(["migrate"]);
    expect(Object.keys(variables(migrate)).sort()).toEqual([
      "CALLHOME_DATABASE_PASSWORD",
      "CALLHOME_DATABASE_URL",
      "CALLHOME_HASH_KEY",
      "CALLHOME_TIME_ZONE",
    ]);
    expect(spec.template.spec.restartPolicy).toBe("Never");
  });

  test("has another name for another image or setting, and the same for the same", () => {
    const name = (change?: Parameters<typeof callhome>[1]) => job(callhome("onprem", change)).metadata.name;
    const names = [
      name(),
      name((entry) => (entry.image = "ghcr.io/acme/callhome:2")),
      name((_, draft) => (draft.databases.callhome.port = 5433)),
    ];
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^callhome-migrate-[0-9a-f]{10}$/);
    expect(name((entry) => (entry.replicas = { least: 3, most: 4 }))).toBe(names[0]);
  });

  test("is not tried again where the settings are wrong, and is where a node was drained", () => {
    const { backoffLimit, podFailurePolicy } = job().spec;
    expect(backoffLimit).toBe(5);
    expect(podFailurePolicy.rules.map(({ action }: Draft) => action)).toEqual(["FailJob", "Ignore"]);
    expect(podFailurePolicy.rules[0].onExitCodes.values).toEqual([1, 2]);
  });

  test("is sent no calls: the Service does not select its pod", () => {
    const objects = callhome();
    const { selector } = only(objects, "Service", "callhome").spec;
    const { labels } = job(objects).spec.template.metadata;
    expect(Object.entries(selector).every(([key, value]) => labels[key] === value)).toBe(false);
  });

  test("may reach the database and nothing else, and nobody reaches it", () => {
    const objects = callhome();
    const { podSelector, ingress, egress } = only(objects, "NetworkPolicy", "callhome-migrate").spec;
    expect(job(objects).spec.template.metadata.labels).toMatchObject(podSelector.matchLabels);
    expect(ingress).toEqual([]);
    expect(egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.10.2.11/32" } }], ports: [{ port: 5432, protocol: "TCP" }] },
    ]);
  });

  test("is the service's own where its database is", () => {
    const objects = callhome("local");
    expect(job(objects)).toBeUndefined();
    expect(variables(container(objects))).not.toHaveProperty("CALLHOME_MIGRATIONS");
  });
});

describe("traffic", () => {
  test("comes to the calls from the gateway and to the metrics from Prometheus, and leaves to the database", () => {
    const { ingress, egress } = only(callhome(), "NetworkPolicy", "callhome").spec;
    const from = (namespace: string) => [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } },
    ];
    expect(ingress).toEqual([
      { from: from("kube-system"), ports: [{ port: 8080, protocol: "TCP" }] },
      { from: from("monitoring"), ports: [{ port: 9090, protocol: "TCP" }] },
    ]);
    expect(egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.10.2.11/32" } }], ports: [{ port: 5432, protocol: "TCP" }] },
    ]);
  });

  test("leaves to every private subnet where RDS may be", () => {
    const { egress } = only(callhome("aws"), "NetworkPolicy", "callhome").spec;
    expect(egress.map(({ to }: Draft) => to[0].ipBlock.cidr)).toEqual([
      "10.20.0.0/19",
      "10.20.32.0/19",
      "10.20.64.0/19",
    ]);
  });

  test("leaves nowhere where the database is embedded", () => {
    expect(only(callhome("local"), "NetworkPolicy", "callhome").spec.egress).toEqual([]);
  });
});

describe("the way in", () => {
  const matches = ({ matches: all }: Draft) => all.map(({ path }: Draft) => `${path.type} ${path.value}`);

  test("is open to calls, their description and old addresses alone", () => {
    const { rules, parentRefs, hostnames } = only(callhome(), "HTTPRoute", "callhome").spec;
    expect(parentRefs).toEqual([{ name: "shared", namespace: "gateway", sectionName: "https" }]);
    expect(hostnames).toEqual(["callhome.corp.acme.example"]);
    expect(rules).toHaveLength(1);
    expect(matches(rules[0])).toEqual([
      "PathPrefix /v1",
      "Exact /openapi.json",
      "Exact /what-is-sent",
      "Exact /callhome.php",
      "PathPrefix /ping",
    ]);
  });

  test("over plain HTTP is open to old addresses alone, without a redirect; the rest is sent to HTTPS", () => {
    const { metadata, spec } = only(callhome(), "HTTPRoute", "callhome-legacy");
    expect(metadata.namespace).toBe("gateway");
    expect(spec.parentRefs).toEqual([{ name: "shared", sectionName: "http" }]);
    const [old, rest] = spec.rules;
    expect(matches(old)).toEqual(["Exact /callhome.php", "PathPrefix /ping"]);
    expect(old).not.toHaveProperty("filters");
    expect(old.backendRefs).toEqual([{ name: "callhome", namespace: "internal-tools", port: 80 }]);
    expect(rest).not.toHaveProperty("backendRefs");
    expect(rest.filters[0].requestRedirect).toEqual({ scheme: "https", statusCode: 301 });
  });

  test("over plain HTTP is granted for that Service alone", () => {
    const { metadata, spec } = only(callhome(), "ReferenceGrant", "callhome-legacy");
    expect(metadata.namespace).toBe("internal-tools");
    expect(spec).toEqual({
      from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "gateway" }],
      to: [{ group: "", kind: "Service", name: "callhome" }],
    });
  });

  test.each<[string, Example, (entry: Draft) => void]>([
    ["no product has old addresses", "onprem", (entry) => (entry.products = [{ name: "workbench" }])],
    ["the whole gateway speaks plain HTTP", "local", () => {}],
  ])("over plain HTTP is none of its own where %s", (_, of, change) => {
    const routes = callhome(of, change).filter(({ kind }) => kind === "HTTPRoute" || kind === "ReferenceGrant");
    expect(routes.map(({ metadata }) => metadata.name)).toEqual(["callhome"]);
  });
});

describe("an embedded database", () => {
  test("is on a volume that one pod has at a time", () => {
    const objects = callhome("local");
    expect(only(objects, "PersistentVolumeClaim", "callhome-data").spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "5Gi" } },
    });
    expect(only(objects, "Deployment", "callhome").spec.strategy).toEqual({ type: "Recreate" });
    expect(container(objects).volumeMounts).toContainEqual({ name: "data", mountPath: "/data" });
    expect(variables(container(objects))).toMatchObject({
      CALLHOME_ALLOW_EMBEDDED: "on",
      CALLHOME_DATA_DIRECTORY: "/data",
    });
  });

  test.each([
    ["keep", { "helm.sh/resource-policy": "keep" }],
    ["destroy", undefined],
  ])("has a volume that is told to %s", (removal, annotations) => {
    const objects = callhome("local", (entry) => (entry.database.removal = removal));
    expect(only(objects, "PersistentVolumeClaim", "callhome-data").metadata.annotations).toEqual(annotations);
  });

  test("is in the environment's default class, or in the one that is named", () => {
    const embedded = (more: object) => (entry: Draft) => {
      entry.database = { kind: "embedded", size: "5Gi", ...more };
      entry.replicas = { least: 1, most: 1 };
    };
    const classOf = (of: Example, change: (entry: Draft) => void) =>
      only(callhome(of, change), "PersistentVolumeClaim", "callhome-data").spec.storageClassName;
    expect(classOf("onprem", embedded({}))).toBe("ceph-block");
    expect(classOf("onprem", embedded({ class: "ceph-files" }))).toBe("ceph-files");
    expect(classOf("local", embedded({}))).toBeUndefined();
  });

  test("needs no secret", () => {
    expect(JSON.stringify(callhome("local"))).not.toMatch(/secretKeyRef|secretName/);
  });
});

describe("alerts", () => {
  const rules = (of: Example) => only(callhome(of), "PrometheusRule", "callhome").spec.groups[0].rules as Draft[];

  test("are those of every application, and those of the service, each with its own runbook", () => {
    const names = rules("onprem").map(({ alert }) => alert);
    expect(names).toEqual([
      "AppUnavailable",
      "AppDegraded",
      "AppCrashLooping",
      "CallhomeDatabaseAway",
      "CallhomeTurnsCallsAway",
      "CallhomeRollupsLate",
      "CallhomeRollupsDiffer",
      "CallhomeJobFails",
      "CallhomeRefusesOldCalls",
      "CallhomeMigrationFailed",
    ]);
    const books = rules("onprem").map(({ annotations }) => annotations.runbook_url);
    expect(new Set(books).size).toBe(names.length);
    expect(books.filter((book) => !existsSync(join(__dirname, "../../../docs", book)))).toEqual([]);
  });

  test("ask for figures that the service has", () => {
    const source = readFileSync(join(__dirname, "../../../apps/callhome/src/operations/metrics.ts"), "utf8");
    const asked = rules("onprem").flatMap(({ expr }) => expr.match(/callhome_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((figure) => !source.includes(`"${figure}"`))).toEqual([]);
  });

  test("say nothing of a migration where there is none", () => {
    expect(rules("local").map(({ alert }) => alert)).not.toContain("CallhomeMigrationFailed");
  });
});
