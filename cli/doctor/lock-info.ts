/** Who holds the lock of a state, as Terraform writes it down. */
export interface LockInfo {
  readonly id: string;
  /** As `user@host`. */
  readonly who: string;
  /** E.g. `OperationTypeApply`. */
  readonly operation: string;
  readonly created?: Date;
}

/** The lock in the error with which Terraform refuses; undefined if it refuses for another reason. */
export function lockInfo(stderr: string): LockInfo | undefined {
  if (!stderr.includes("Error acquiring the state lock")) return undefined;
  const fields = new Map(
    stderr
      .split("\n")
      .map((line) => /^[│\s]*(ID|Who|Operation|Created):\s+(.*?)\s*$/.exec(line))
      .flatMap((match) => (match ? [[match[1], match[2]] as const] : [])),
  );
  return {
    id: fields.get("ID") ?? "",
    who: fields.get("Who") ?? "",
    operation: (fields.get("Operation") ?? "").replace(/^OperationType/, "").toLowerCase(),
    created: goTime(fields.get("Created") ?? ""),
  };
}

/** Reads a time as Go prints it: `2026-11-21 13:44:34.123456789 +0000 UTC`. */
function goTime(text: string): Date | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \+0000 UTC/.exec(text) ?? [];
  return day === undefined ? undefined : new Date(`${day}T${time}Z`);
}
