import { isIPv4, isIPv6 } from "node:net";

const INT32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };

/**
 * Formats that the API server checks and our schemas keep, as ajv wants them. All others (`int64`, `date-time` ...) are left
 * out: nothing we write uses them.
 */
export const formats = {
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  int32: { type: "number" as const, validate: (value: number) => value >= INT32.least && value <= INT32.most },
  ipv4: (value: string) => isIPv4(value),
  ipv6: (value: string) => isIPv6(value),
};

export function isKeptFormat(format: unknown): boolean {
  return typeof format === "string" && Object.hasOwn(formats, format);
}
