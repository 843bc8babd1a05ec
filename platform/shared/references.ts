import { z } from "zod";

declare const refersTo: unique symbol;

/** The key of something else in the same environment, e.g. `Ref<"machine">`; a plain string at run time. */
export type Ref<Kind extends string> = string & { readonly [refersTo]?: Kind };

/** Schema of a reference. That the key exists is checked by the compiler (`defineEnvironment`) and again by the rules. */
export function ref<const Kind extends string>(_kind: Kind): z.ZodType<Ref<Kind>, Ref<Kind>> {
  return z.string().min(1) as unknown as z.ZodType<Ref<Kind>, Ref<Kind>>;
}

/** `T` with every `Ref<Kind>` in it narrowed to the keys that `Keys[Kind]` lists: what makes a wrong key not compile. */
export type WithKeys<T, Keys extends Record<string, string>> = T extends string | number | boolean | null | undefined
  ? typeof refersTo extends keyof T
    ? Keys[Extract<NonNullable<T[typeof refersTo]>, keyof Keys>]
    : T
  : { [Part in keyof T]: WithKeys<T[Part], Keys> };
