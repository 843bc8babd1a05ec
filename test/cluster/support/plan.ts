/** What Terraform would do, as `terraform plan -json` says it. */
export interface Plan {
  /** Addresses by what would happen to them, e.g. `{ create: ["helm_release.foundation"] }`; empty if nothing would. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  /** As the user reads it, e.g. `Plan: 5 to add, 0 to change, 0 to destroy.` */
  readonly summary: string;
}

interface Message {
  readonly type: string;
  readonly "@message": string;
  readonly change?: { readonly action: string; readonly resource: { readonly addr: string } };
}

/**
 * Reads the plan, one JSON message a line.
 *
 * @param code of `-detailed-exitcode`: 0 says that nothing would change, 2 that something would
 * @throws Error if the messages and the exit code contradict each other
 */
export function readPlan(text: string, code: number | null): Plan {
  const messages = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Message);
  const changes: Record<string, string[]> = {};
  for (const { type, change } of messages) {
    if (type !== "planned_change" || change === undefined) continue;
    const addresses = changes[change.action] ?? [];
    changes[change.action] = [...addresses, change.resource.addr].sort();
  }
  const summary = messages.find(({ type }) => type === "change_summary")?.["@message"] ?? "";
  if (Object.keys(changes).length > 0 !== (code === 2)) {
    throw new Error(`terraform plan ends with exit code ${code}, but plans ${JSON.stringify(changes)}`);
  }
  return { changes, summary };
}
