import { parseAllDocuments } from "yaml";
import { type Schema, withoutDescriptions } from "./schema";

/** The parts of a CustomResourceDefinition that the import reads; all others are carried along unseen. */
export interface Crd {
  readonly apiVersion: string;
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string; readonly creationTimestamp?: unknown };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly CrdVersion[];
  };
  readonly status?: unknown;
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema: Schema };
}

/** A document separator with the document's first key on the same line, as Rook's csi-operator file has it. */
const CROWDED_SEPARATOR = /^---(?=[A-Za-z])/gm;

/**
 * Every CustomResourceDefinition of a YAML file with any number of documents.
 *
 * Read as YAML 1.2: prometheus-operator lists a bare `=` in an enum, which is a string there and a special value in YAML 1.1.
 *
 * @param source name of the file, for messages
 * @throws Error when the text is not YAML
 */
export function parseCrds(text: string, source: string): Crd[] {
  return parseAllDocuments(text.replace(CROWDED_SEPARATOR, "---\n"), { version: "1.2", schema: "core" })
    .map((document) => {
      const [error] = document.errors;
      if (error) throw new Error(`${source} is not YAML: ${error.message}`);
      return document.toJS() as unknown;
    })
    .filter(isCrd);
}

function isCrd(document: unknown): document is Crd {
  return typeof document === "object" && document !== null && "kind" in document
    ? document.kind === "CustomResourceDefinition"
    : false;
}

/**
 * What we install: the CRD without descriptions, and without what only an API server writes (`status`, the creation time that
 * older generators print as null). Validation rules and their messages stay.
 */
export function trimmed({ status, ...crd }: Crd): Crd {
  const { creationTimestamp, ...metadata } = crd.metadata;
  return {
    ...crd,
    metadata,
    spec: {
      ...crd.spec,
      versions: crd.spec.versions.map((version) =>
        version.schema
          ? {
              ...version,
              schema: { ...version.schema, openAPIV3Schema: withoutDescriptions(version.schema.openAPIV3Schema) },
            }
          : version,
      ),
    },
  };
}
