import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type Ask, answerOf } from "./ask";
import { type LockInfo, lockInfo } from "./lock-info";
import type { Attributes, StackFile } from "./stack-file";

/** A resource that a state knows. */
export interface KnownResource {
  readonly address: string;
  readonly type: string;
  readonly attributes: Attributes;
}

/** What the state of a stack says, and whether it is locked. */
export interface StateReading {
  readonly stack: StackFile;
  readonly lock?: LockInfo;
  readonly resources: readonly KnownResource[];
}

/** A reading, or why there is none. */
export type StateAnswer = StateReading | Extract<Answer, { ok: false }>;

/** An address that no stack has: asking Terraform to untaint it takes the lock, gives it back, and changes nothing. */
const NOBODY = "terraform_data.bastide_doctor";

/**
 * Reads the state of a stack and tries its lock, whatever its backend.
 *
 * Done in a folder of its own that holds the backend's settings and nothing else: no provider is needed then, and a
 * deployment that works in the stack's folder is not disturbed.
 */
export function readState(ask: Ask, terraform: string, stack: StackFile): StateAnswer {
  const { kind, settings } = stack.backend;
  if (kind === "local" && !existsSync(String(settings.path))) return { stack, resources: [] };
  const folder = mkdtempSync(join(tmpdir(), "bastide-doctor-state-"));
  try {
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { backend: { [kind]: settings } } }));
    const run = (...words: readonly string[]) => answerOf(ask, terraform, [`-chdir=${folder}`, ...words]);
    const init = run("init", "-input=false", "-no-color");
    if (!init.ok) return init;
    const attempt = run("untaint", "-no-color", "-lock-timeout=0s", "-allow-missing", NOBODY);
    const lock = attempt.ok ? undefined : lockInfo(attempt.stderr);
    if (!attempt.ok && lock === undefined) return attempt;
    const state = run("state", "pull");
    return state.ok ? { stack, lock, resources: resourcesIn(state.text) } : state;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The resources of a state file; attributes stay in memory and are never shown, for a state may hold secrets. */
function resourcesIn(text: string): KnownResource[] {
  if (text.trim() === "") return [];
  const { resources = [] } = JSON.parse(text) as StateJson;
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ type, name, instances }) =>
      instances.map(({ attributes }) => ({ address: `${type}.${name}`, type, attributes: attributes ?? {} })),
    );
}

interface StateJson {
  readonly resources?: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes?: Attributes }[];
  }[];
}
