/** An image by tag, by digest, or by both; `:latest` and no tag at all are refused. */
const EXACT_IMAGE =
  /^[\w.-]+(:\d+)?(\/[\w.-]+)*((:(?!latest$)\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}|:(?!latest$)\w[\w.-]{0,127})$/;

/** What stands before the tag and the digest. The colon of a registry's port has a slash behind it. */
const NAME = /^[^@]*?(?=(:[^/@]*)?(@|$))/;

/** Parts of a name with `/` between, behind the host of a registry. Source: distribution's grammar of references. */
const NAME_PARTS =
  /^(?:[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

const LONGEST_NAME = 255;
const LAST_PORT = 65_535;

/** Why `reference` names no image that is the same tomorrow; nothing if it does. */
export function imageFault(reference: string): string | undefined {
  if (!EXACT_IMAGE.test(reference)) {
    return "an image has an exact tag, a digest, or both, so that it is the same tomorrow";
  }
  const name = NAME.exec(reference)?.[0] ?? "";
  if (/[A-Z]/.test(name)) return "an image's name has no capitals before its tag";
  if (!NAME_PARTS.test(name)) return "an image's name consists of parts of a-z and 0-9, joined by ., -, _ or __";
  if (name.length > LONGEST_NAME)
    return `an image's name has at most ${LONGEST_NAME} characters, this one has ${name.length}`;
  if (Number(/:(\d+)\//.exec(name)?.[1] ?? 1) > LAST_PORT) return "there is no such port";
  return undefined;
}
