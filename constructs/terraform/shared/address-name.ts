/** The name part of a Terraform address. Terraform takes a digit everywhere but in front. */
export function addressName(key: string): string {
  return /^\d/.test(key) ? `_${key}` : key;
}
