import type { KubernetesObject } from "../../../platform/shared/release";

/**
 * Objects and what strict validation says of them. An API server with `fieldValidation=Strict` refuses the same ones (but for
 * `status`, which it takes and drops): the cluster tier can hold this list against a real one.
 */
export interface StrictCase {
  readonly title: string;
  readonly object: KubernetesObject;
  /** The one problem, without the object's name; absent for a valid object. */
  readonly problem?: string | RegExp;
}

type Fields = Readonly<Record<string, unknown>>;

const container = { name: "web", image: "registry.example/web:1", ports: [{ containerPort: 8080 }] };

const object = (apiVersion: string, kind: string, fields: Fields): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: "web", namespace: "default" },
  ...fields,
});

const deployment = (spec: Fields, pod: Fields = {}, inContainer: Fields = {}): KubernetesObject =>
  object("apps/v1", "Deployment", {
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ ...container, ...inContainer }], ...pod },
      },
      ...spec,
    },
  });

const serviceMonitor = (endpoint: Fields, spec: Fields = {}): KubernetesObject =>
  object("monitoring.coreos.com/v1", "ServiceMonitor", { spec: { selector: {}, endpoints: [endpoint], ...spec } });

const rule = (fields: Fields, group: Fields = {}): KubernetesObject =>
  object("monitoring.coreos.com/v1", "PrometheusRule", {
    spec: { groups: [{ name: "web", rules: [fields], ...group }] },
  });

const route = (spec: Fields): KubernetesObject => object("gateway.networking.k8s.io/v1", "HTTPRoute", { spec });

const gateway = (spec: Fields): KubernetesObject =>
  object("gateway.networking.k8s.io/v1", "Gateway", {
    spec: { gatewayClassName: "any", listeners: [{ name: "http", port: 80, protocol: "HTTP" }], ...spec },
  });

const service = (port: Fields): KubernetesObject =>
  object("v1", "Service", { spec: { ports: [{ port: 80, ...port }] } });

const crd = (schema: Fields): KubernetesObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.org" },
  spec: {
    group: "example.org",
    names: { kind: "Widget", plural: "widgets" },
    scope: "Namespaced",
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", ...schema } } }],
  },
});

const IN_CONTAINER = "spec.template.spec.containers[0]";

/** Objects that must pass. */
export const validCases: readonly StrictCase[] = cases([
  ["a Deployment", deployment({ replicas: 2 })],
  ["quantities as text and as number", deployment({}, {}, { resources: { limits: { cpu: 1, memory: "64Mi" } } })],
  ["a port by name", deployment({}, {}, { livenessProbe: { httpGet: { port: "http", path: "/" } } })],
  ["a port by number", deployment({}, {}, { livenessProbe: { httpGet: { port: 8080, path: "/" } } })],
  ["a percentage", deployment({ strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } } })],
  [
    "any label and annotation",
    { ...deployment({}), metadata: { name: "web", namespace: "default", labels: { "a/b": "c" } } },
  ],
  ["a ConfigMap with any keys", object("v1", "ConfigMap", { data: { "a.b": "c" } })],
  ["a Secret with base64 data", object("v1", "Secret", { data: { password: "c2VjcmV0" } })],
  ["a ServiceMonitor", serviceMonitor({ port: "http", interval: "30s", targetPort: 80 })],
  [
    "relabelings in any case that the CRD lists",
    serviceMonitor({ relabelings: [{ action: "LabelDrop", regex: "a" }] }),
  ],
  ["a rule", rule({ alert: "Down", expr: "up == 0", for: "5m", labels: { severity: "critical" } })],
  ["an expression that is a number", rule({ record: "a", expr: 1 })],
  ["a pattern with Go's case flag", rule({ alert: "A", expr: "1" }, { partial_response_strategy: "WARN" })],
  [
    "a route whose required fields have defaults",
    route({ rules: [{ matches: [{ headers: [{ name: "a", value: "b" }] }] }] }),
  ],
  ["a Gateway", gateway({})],
  ["an address of the default type", gateway({ addresses: [{ value: "10.0.0.1" }] })],
  ["a custom resource definition", crd({ properties: { a: { type: "string", description: "A." } } })],
  [
    "open fields in a definition",
    crd({ properties: { a: { type: "object", additionalProperties: { type: "string" } } } }),
  ],
]);

/** Objects that must be refused, and why. */
export const invalidCases: readonly StrictCase[] = cases([
  [
    "a slip in an optional field of a custom kind",
    serviceMonitor({ port: "http", intervall: "30s" }),
    'spec.endpoints[0]: unknown field "intervall", did you mean "interval"?',
  ],
  [
    "a slip in an optional field of a core kind",
    deployment({ replica: 2 }),
    'spec: unknown field "replica", did you mean "replicas"?',
  ],
  [
    "a slip in the case of a field",
    deployment({}, {}, { imagepullPolicy: "Always" }),
    `${IN_CONTAINER}: unknown field "imagepullPolicy", did you mean "imagePullPolicy"?`,
  ],
  [
    "a field at the wrong level",
    deployment({}, {}, { selector: {} }),
    /^spec\.template\.spec\.containers\[0\]: unknown field "selector", known here: args, command, env, .*, workingDir$/,
  ],
  [
    "a slip in metadata",
    { ...deployment({}), metadata: { name: "web", namespace: "default", label: {} } } as KubernetesObject,
    'metadata: unknown field "label", did you mean "labels"?',
  ],
  [
    "a slip in the metadata of a custom kind",
    { ...gateway({}), metadata: { name: "web", namespace: "default", annotation: {} } } as KubernetesObject,
    'metadata: unknown field "annotation", did you mean "annotations"?',
  ],
  ["a missing field", object("apps/v1", "Deployment", { spec: { selector: {} } }), 'spec: missing field "template"'],
  ["a missing field of a custom kind", rule({ alert: "A" }), 'spec.groups[0].rules[0]: missing field "expr"'],
  ["a number as text", deployment({ replicas: "2" }), "spec.replicas: must be integer, not string"],
  [
    "a number as the value of a variable",
    deployment({}, {}, { env: [{ name: "PORT", value: 8080 }] }),
    `${IN_CONTAINER}.env[0].value: must be string, not number`,
  ],
  [
    "a label that is no text",
    object("v1", "ConfigMap", { data: { on: true } }),
    "data.on: must be string, not boolean",
  ],
  [
    "a unit that does not exist",
    deployment({}, {}, { resources: { limits: { memory: "5GB" } } }),
    `${IN_CONTAINER}.resources.limits.memory: "5GB" is not a quantity such as 500m or 2Gi`,
  ],
  [
    "a value that a core kind does not list",
    service({ protocol: "tcp" }),
    'spec.ports[0].protocol: "tcp" is not allowed, did you mean "TCP"?',
  ],
  [
    "a value that a custom kind does not list",
    serviceMonitor({ scheme: "ftp" }),
    'spec.endpoints[0].scheme: "ftp" is not allowed, allowed: "http", "https", "HTTP", "HTTPS"',
  ],
  [
    "a duration that is none",
    serviceMonitor({ interval: "30 s" }),
    /^spec\.endpoints\[0\]\.interval: "30 s" is not a match of \^\(0\|/,
  ],
  [
    "a number out of range",
    gateway({ listeners: [{ name: "http", port: 70000, protocol: "HTTP" }] }),
    "spec.listeners[0].port: 70000 must be <= 65535",
  ],
  ["too few items", gateway({ listeners: [] }), "spec.listeners: [] must NOT have fewer than 1 items"],
  [
    "a condition that does not hold",
    gateway({ addresses: [{ value: "10.0.0.256" }] }),
    'spec.addresses[0]: {"value":"10.0.0.256","type":"IPAddress"} must match exactly one schema in oneOf',
  ],
  [
    "text that is not base64",
    object("v1", "Secret", { data: { password: "not base64" } }),
    'data.password: must match format "byte"',
  ],
  [
    "a keyword in a definition's schema",
    crd({ properties: { a: { type: "string", maxLenght: 3 } } }),
    'spec.versions[0].schema.openAPIV3Schema.properties.a: unknown field "maxLenght", did you mean "maxLength"?',
  ],
  [
    "a keyword below additionalProperties",
    crd({ properties: { a: { type: "object", additionalProperties: { typ: "string" } } } }),
    'spec.versions[0].schema.openAPIV3Schema.properties.a.additionalProperties: unknown field "typ", did you mean "type"?',
  ],
  [
    "a status, which is the cluster's to write",
    { ...deployment({}), status: { replicas: 1 } },
    'unknown field "status", known here: apiVersion, kind, metadata, spec',
  ],
]);

function cases(rows: readonly [title: string, object: KubernetesObject, problem?: string | RegExp][]): StrictCase[] {
  return rows.map(([title, object, problem]) => ({ title, object, problem }));
}
