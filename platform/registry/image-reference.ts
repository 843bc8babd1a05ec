/** An image by tag, by digest, or by both; `:latest` and no tag at all are refused. */
const EXACT_IMAGE =
  /^[\w.-]+(:\d+)?(\/[\w.-]+)*((:(?!latest$)\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}|:(?!latest$)\w[\w.-]{0,127})$/;

/** What stands before the tag and the digest. The colon of a registry's port has a slash behind it. */
const NAME = /^[^@]*?(?=(:[^/@]*)?(@|$))/;

/** Why `reference` names no image that is the same tomorrow; nothing if it does. */
export function imageFault(reference: string): string | undefined {
  if (!EXACT_IMAGE.test(reference)) {
    return "an image has an exact tag, a digest, or both, so that it is the same tomorrow";
  }
  if (/[A-Z]/.test(NAME.exec(reference)?.[0] ?? "")) return "an image's name has no capitals before its tag";
  return undefined;
}
