import type { CrdSet } from "../../../constructs/imports/catalogue";

/** A CRD file with every trap that upstream files have: see the comment at each. */
export const WIDGET_YAML = `# A document that is no CRD, as operators' bundles have.
apiVersion: v1
kind: Namespace
metadata:
  name: widgets
---apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  creationTimestamp: null
  name: widgets.example.org
  annotations:
    example.org/description: kept, it is no schema
spec:
  group: example.org
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      schema:
        openAPIV3Schema:
          description: A widget.
          type: object
          required: [spec, status]
          properties:
            apiVersion: { type: string, description: Version. }
            kind: { type: string, description: Kind. }
            metadata: { type: object }
            spec:
              description: What it should be.
              type: object
              required: [description]
              properties:
                # A property that is named like the keyword.
                description: { type: string, description: Text shown to users. }
                operator:
                  description: A bare equals sign, special in YAML 1.1.
                  type: string
                  enum: [=, "!="]
                settings:
                  type: object
                  default: { description: "a default value, not a keyword" }
                  properties:
                    description: { type: string }
                size:
                  description: Number or percentage.
                  anyOf: [{ type: integer }, { type: string }]
                  x-kubernetes-int-or-string: true
                  pattern: ^[0-9]+%?$
                parts:
                  type: array
                  items:
                    type: object
                    description: A part.
                    required: [name]
                    properties:
                      name: { type: string, description: Name. }
                x: { type: object, x-kubernetes-preserve-unknown-fields: true }
              x-kubernetes-validations:
                - rule: self.description != ''
                  message: a widget needs a description
            status:
              type: object
              properties:
                ready: { type: boolean, description: Whether it is. }
    - name: v1alpha1
      served: false
      storage: false
      schema: { openAPIV3Schema: { type: object, description: Old. } }
status:
  conditions: []
  storedVersions: []
`;

export const WIDGETS = {
  name: "widgets",
  version: "1.2.3",
  repository: "example/widgets",
  tag: "v1.2.3",
  folder: "config/crd",
  files: ["widgets.yaml"],
  kinds: [{ kind: "Widget", version: "v1" }],
} as const satisfies CrdSet;
