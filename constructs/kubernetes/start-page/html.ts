/** Text that is HTML already; made by {@link html} only, so that nothing else gets into a page unescaped. */
export class Html {
  private constructor(readonly text: string) {}

  /** @internal used by {@link html} */
  static trusted(text: string): Html {
    return new Html(text);
  }
}

/** What may stand in a template: texts and numbers are escaped, lists are joined, nothing is nothing. */
export type Part = Html | string | number | undefined | readonly Part[];

/** Template tag: everything put into it is escaped, unless it is HTML made the same way. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return Html.trusted(texts.map((text, index) => text + rendered(parts[index])).join(""));
}

function rendered(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(rendered).join("");
  return String(part).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
