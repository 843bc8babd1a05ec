import { environmentSchema } from "../../platform/environment-spec";
import type { Problem } from "../../platform/shared/problems";

/** What this reads of zod's own description of a schema. */
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
}

interface Schema {
  readonly _zod: { readonly def: Definition };
}

/** The forms that a schema may have: of a union all, whichever the data chose. */
function formsOf(schema: Schema | undefined): Definition[] {
  if (schema === undefined) return [];
  const { def } = schema._zod;
  const inner = def.innerType ?? def.in;
  if (inner !== undefined) return formsOf(inner);
  return def.type === "union" ? (def.options ?? []).flatMap(formsOf) : [def];
}

function schemaOf({ shape, element, valueType }: Definition, part: string | number): Schema | undefined {
  return shape !== undefined && Object.hasOwn(shape, part) ? shape[part] : (element ?? valueType);
}

/** What stands at a key, own or of a prototype that somebody wrote; not by reading it, for some of what is refused must not be read. */
function entryOf(value: unknown, part: string | number): PropertyDescriptor | undefined {
  if (typeof value !== "object" || value === null || value === Object.prototype) return undefined;
  return Object.getOwnPropertyDescriptor(value, part) ?? entryOf(Object.getPrototypeOf(value), part);
}

const PART = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy;

/** The parts of a path as a sentence has it, without the environment's name. */
function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(PART)]
    .map(([, plain, place, quoted]) => {
      if (place !== undefined) return Number(place);
      return quoted === undefined ? (plain ?? "") : (JSON.parse(quoted) as string);
    })
    .slice(1);
}

/**
 * What of a problem's path a reader of the data does not find: nothing where each part of it stands there, or is a setting that may be
 * written there. An entry that has a name of its own, or a place in a list, must stand there, unless it is what is missing.
 */
export function notInData({ path, value }: Problem, input: unknown): string | undefined {
  let here = input;
  let forms = formsOf(environmentSchema as unknown as Schema);
  const parts = partsOf(path);
  for (const [index, part] of parts.entries()) {
    const entry = entryOf(here, part);
    const isSetting = forms.some(({ shape }) => shape !== undefined && Object.hasOwn(shape, part));
    const isMissing =
      value === undefined && index === parts.length - 1 && forms.some(({ element, valueType }) => element ?? valueType);
    if (!entry && !isSetting && !isMissing) return parts.slice(0, index + 1).join(".");
    here = entry?.value;
    forms = forms.flatMap((form) => formsOf(schemaOf(form, part)));
  }
  return undefined;
}
