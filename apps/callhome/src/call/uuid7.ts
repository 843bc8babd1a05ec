/** The milliseconds since 1970 that a UUIDv7 begins with. */
export function timeOfUuid7(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest UUID of a moment: a bound between two months of ids. */
export function firstUuidOf(milliseconds: number): string {
  const hex = milliseconds.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** A UUIDv7 of a moment and of 80 bits given as 20 hexadecimal digits, six of which the format overwrites. */
export function uuid7Of(milliseconds: number, digits: string): string {
  const hex = milliseconds.toString(16).padStart(12, "0");
  const variant = (8 + (Number.parseInt(digits.slice(3, 4), 16) & 3)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${digits.slice(0, 3)}-${variant}${digits.slice(4, 7)}-${digits.slice(7, 19)}`;
}
