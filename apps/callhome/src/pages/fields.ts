import { callJsonSchema } from "../call/schema";

/** One field of a call, as the pages show it. */
export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly dataClass: string;
  readonly description: string;
  readonly example: string;
  readonly rule: string;
}

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly "x-class"?: string;
  readonly examples?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** All fields of the schema, those of `extras` with their full name. */
export function fields(schema: Property = callJsonSchema as Property, prefix = ""): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    property.properties === undefined
      ? [
          {
            name: `${prefix}${name}`,
            required: schema.required?.includes(name) ?? false,
            dataClass: property["x-class"] ?? "",
            description: property.description ?? "",
            example: JSON.stringify(property.examples?.[0]),
            rule: ruleOf(property),
          },
        ]
      : fields(property, `${prefix}${name}.`),
  );
}

function ruleOf({ type, minLength = 0, maxLength, minimum, maximum }: Property): string {
  return type === "integer" ? `${minimum} to ${maximum}` : `${minLength} to ${maxLength} characters`;
}

/** What the server adds to a call by itself. */
export const DERIVED = [
  {
    name: "received time",
    dataClass: "contractual",
    description: "When the call came in, for late calls and for erasures.",
  },
  {
    name: "country",
    dataClass: "optional",
    description:
      "Two letters, looked up from the network address, which is then dropped: it is neither stored nor logged. With them, which source told.",
  },
] as const;
