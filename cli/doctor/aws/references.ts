import type { Attributes, StackFile } from "../stack-file";

/** A reference to an attribute of another resource of the stack, as Terraform's JSON writes it. */
const REFERENCE = /^\$\{(\w+\.[\w-]+)\.(\w+)\}$/;

/** Ids of resources of a stack, by address: of those that its state knows, and of those that will be imported. */
export type Ids = ReadonlyMap<string, string>;

/**
 * The text of an attribute. Of a reference to an id that is known, the id; of one to an attribute that is written down, what
 * is written.
 */
export function textOf({ resources }: StackFile, ids: Ids, attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  if (typeof value !== "string") return undefined;
  const [, address = "", attribute = ""] = REFERENCE.exec(value) ?? [];
  if (address === "") return value.includes("${") ? undefined : value;
  const written = resources.get(address)?.[attribute];
  if (typeof written === "string" && !written.includes("${")) return written;
  return attribute === "id" || attribute === "name" ? ids.get(address) : undefined;
}
