import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import { type Call, callJsonSchema } from "./schema";

const ajv = new Ajv2020({ allErrors: false, strict: true, coerceTypes: false });
ajv.addVocabulary(["x-class"]);
/** Half a character: JSON can say it, UTF-8 cannot. */
const LONE_SURROGATE = /\p{Cs}/u;
const isCall = ajv.compile<Call>(callJsonSchema);

/**
 * Checks a call against the schema. Returns undefined if it is good, else the reason in words: the field and the rule,
 * never the value, because a reason is logged and may be printed by the client.
 */
export function refusalOf(value: unknown): string | undefined {
  if (!isCall(value)) {
    return describe(isCall.errors?.[0]);
  }
  return value.user !== undefined && LONE_SURROGATE.test(value.user)
    ? "user has a character or a form that is not allowed; see /what-is-sent"
    : undefined;
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) {
    return "not a call";
  }
  const field = error.instancePath.slice(1).replaceAll("/", ".");
  const prefix = field === "" ? "" : `${field} `;
  switch (error.keyword) {
    case "additionalProperties":
      return `${prefix === "" ? "" : `${field}: `}a field is not in the schema; see /what-is-sent`;
    case "required":
      return `${prefix === "" ? "" : `${field}: `}${error.params.missingProperty} is missing`;
    case "pattern":
      return `${prefix}has a character or a form that is not allowed; see /what-is-sent`;
    default:
      return `${prefix === "" ? "a call " : prefix}${error.message ?? "is not valid"}`;
  }
}
