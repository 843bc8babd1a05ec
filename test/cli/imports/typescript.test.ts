import { typeName } from "../../../cli/imports/type-name";
import { interfacesOf } from "../../../cli/imports/typescript";

test.each([
  ["HTTPRoute", "HttpRoute"],
  ["ServiceMonitor", "ServiceMonitor"],
  ["TLSRoute", "TlsRoute"],
  ["CephNFS", "CephNfs"],
  ["backendRefs", "BackendRefs"],
  ["caBundleURL", "CaBundleUrl"],
  ["client-id", "ClientId"],
  ["partial_response_strategy", "PartialResponseStrategy"],
  ["oauth2", "Oauth2"],
])("%s is called %s", (name, type) => {
  expect(typeName(name)).toBe(type);
});

test("prints readonly interfaces, optional fields marked, without status", () => {
  const reference = {
    type: "object",
    required: ["name"],
    properties: { name: { type: "string" }, key: { type: "string" } },
  };
  const text = interfacesOf("example.org/v1", "HTTPWidget", {
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: {
        type: "object",
        required: ["mode", "size"],
        properties: {
          any: { "x-kubernetes-preserve-unknown-fields": true },
          labels: { type: "object", additionalProperties: { type: "string" } },
          limit: { type: "integer", nullable: true },
          mode: { type: "string", enum: ["on", "off"] },
          modes: { type: "array", items: { type: "string", enum: ["on", "off"] } },
          open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          port: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] },
          secretReference: reference,
          refs: { type: "array", items: reference },
          size: { type: "number", default: 1 },
          "x-y": { type: "boolean" },
        },
      },
      status: { type: "object", properties: { ready: { type: "boolean" } } },
    },
  });
  expect(text).toBe(`export interface HttpWidget {
  readonly apiVersion: "example.org/v1";
  readonly kind: "HTTPWidget";
  readonly metadata: ObjectMetadata;
  readonly spec: HttpWidgetSpec;
}

export interface HttpWidgetSpec {
  readonly any?: unknown;
  readonly labels?: Readonly<Record<string, string>>;
  readonly limit?: number | null;
  readonly mode: "on" | "off";
  readonly modes?: readonly ("on" | "off")[];
  readonly open?: Readonly<Record<string, unknown>>;
  readonly port?: number | string;
  readonly secretReference?: HttpWidgetSpecRefs;
  readonly refs?: readonly HttpWidgetSpecRefs[];
  readonly size?: number;
  readonly "x-y"?: boolean;
}

export interface HttpWidgetSpecRefs {
  readonly name: string;
  readonly key?: string;
}`);
});
