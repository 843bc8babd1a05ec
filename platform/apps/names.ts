import { labelFault } from "../shared/names";

/** Objects that every namespace has already, of kinds that an application has too: its ServiceAccount, Service and policies. */
const TAKEN = ["default", "kubernetes", "deny-all", "allow-dns"];

/** Why an application may not be called `name`; nothing if it may. */
export function appNameFault(name: string): string | undefined {
  const fault = labelFault(name);
  if (fault !== undefined) return fault;
  if (!/^[a-z]/.test(name)) return "an application's name begins with a letter, as Services and Terraform ask of it";
  if (TAKEN.includes(name)) return "every namespace has an object of that name already";
  return undefined;
}
