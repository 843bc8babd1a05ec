import type { z } from "zod";
import type { Footprint } from "./footprint";
import type { MadeName } from "./made-names";
import type { Report } from "./problems";
import type { RequiredSecret } from "./secrets";
import type { VolumeClaim } from "./volumes";

/** What every domain may know of its environment and of the program. */
export interface Context {
  /** Name of the environment; prefix of every name that must be unique in an account. */
  readonly environment: string;
  /** Whether data is kept when its description goes away, where the data itself does not say. */
  readonly removal: Removal;
  /** Content hash of each own image's folder, by name: the tag of the image. Unknown in tests of the model alone. */
  readonly ownImages: Readonly<Record<string, string>> | undefined;
  /** The day, as `2026-12-31` in UTC, by which waivers are judged. Unknown in tests of the model alone. */
  readonly today: string | undefined;
}

/** What happens to something with data in it when its description is removed. */
export type Removal = "keep" | "destroy";

/** What any domain's model may add to the platform's totals. */
export interface Contribution {
  readonly footprints?: readonly Footprint[];
  readonly secrets?: readonly RequiredSecret[];
  readonly claims?: readonly VolumeClaim[];
  /** Names that nothing else may have. */
  readonly names?: readonly MadeName[];
}

/** A part of the model: its schema, how names and numbers are decided from it, and its rules. */
export interface Domain<Schema extends z.ZodType, Needs extends object, Model extends object> {
  readonly schema: Schema;
  /** Domains that must be resolved before; listed by name. */
  readonly needs: readonly (keyof Needs & string)[];
  /** Decides every name, address and footprint. Total: data that parsed never makes it throw, broken rules included. */
  resolve(spec: z.output<Schema>, context: Context, needs: Needs): Model;
  /** Reports every broken rule of this domain. */
  check(model: Model, report: Report, needs: Needs): void;
}

/** Gives a domain its types; does nothing else. */
export function domain<Schema extends z.ZodType, Needs extends object, Model extends object>(
  definition: Domain<Schema, Needs, Model>,
): Domain<Schema, Needs, Model> {
  return definition;
}
