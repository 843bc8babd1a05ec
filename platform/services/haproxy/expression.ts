/** Why a pattern of a deny rule would not do what it says, and what to write instead. */
export interface ExpressionFault {
  readonly rule: string;
  readonly cure: string;
}

/** What JavaScript takes for the letter itself and PCRE2, with which HAProxy reads expressions, refuses. Tried with PCRE2 10.42. */
const FOREIGN_ESCAPE = /^\\[ijlmquyFIJLMOTUY]/;

/** A character, escaped or not, or all of a class's beginning. */
const PARTS = /\\.|\[\^?\]?|./gs;

/**
 * Judges an expression here, where HAProxy is not, by what two kinds of expressions have in common: JavaScript's, and PCRE2's as far as it is
 * easily told.
 */
export function expressionFault(text: string): ExpressionFault | undefined {
  if (!isExpression(text)) return notTaken(text);
  let isInClass = false;
  for (const [part] of text.matchAll(PARTS)) {
    if (FOREIGN_ESCAPE.test(part)) {
      const cure = "write the character itself, or its number like \\x2e";
      return { rule: `HAProxy's expressions (PCRE2) know no ${part}`, cure };
    }
    if (!isInClass && /^\[\^?\]$/.test(part)) {
      const rule = `${part} is no class in HAProxy's expressions (PCRE2), where its ] is one of the characters`;
      return { rule, cure: "name its characters, with \\] for a ], or write [\\s\\S] for any" };
    }
    if (part.startsWith("[") && !isInClass) isInClass = true;
    else if (part.endsWith("]") && !part.startsWith("\\")) isInClass = false;
  }
  return undefined;
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function notTaken(text: string): ExpressionFault {
  if (!/\(\?i[:)]/.test(text)) return { rule: "it is no regular expression", cure: "correct it" };
  return { rule: "a rule ignores the case of letters anyway", cure: "leave (?i) out, and write (?: for (?i:" };
}
