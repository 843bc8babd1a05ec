import type { Ask } from "../../../cli/doctor/ask";
import type { Here } from "../../../cli/doctor/locks";
import { type StackFile, stackFile } from "../../../cli/doctor/stack-file";
import type { KnownResource } from "../../../cli/doctor/state";
import type { Outcome } from "../../../cli/programs";

/** An answer as a program gives it: what it prints, or how it fails. */
export type Reply = string | { readonly fails: string };

/**
 * Programs that answer from a list: the first entry whose words are all in the command line, in any order. What nobody wrote an
 * answer for fails as AWS does where there is no such thing.
 */
export function answering(replies: Readonly<Record<string, Reply>>): Ask & { readonly asked: string[] } {
  const asked: string[] = [];
  const ask = (program: string, args: readonly string[]): Outcome => {
    const words = [program, ...args];
    asked.push(words.join(" "));
    const entry = Object.entries(replies).find(([wanted]) => wanted.split(" ").every((word) => words.includes(word)));
    const reply = entry?.[1] ?? { fails: "An error occurred (NotFoundException): there is none" };
    return typeof reply === "string"
      ? { ok: true, stdout: reply, stderr: "" }
      : { ok: false, stdout: "", stderr: reply.fails };
  };
  return Object.assign(ask, { asked });
}

/** Anna's machine on a day at noon. */
export const here: Here = { host: "annas-laptop", now: new Date("2026-11-21T12:00:00Z"), running: [] };

export interface StackProps {
  readonly name?: string;
  readonly backend?: Readonly<Record<string, object>>;
  /** By type and name. */
  readonly resource?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly region?: string;
}

/** A stack whose folder nobody has made ready yet. */
export function stack(props: StackProps = {}): StackFile {
  const { name = "aws-cloud", backend = { s3: { bucket: "states" } }, resource = {}, region } = props;
  const provider = region === undefined ? {} : { aws: [{ region }] };
  return stackFile(name, `out/stacks/${name}`, "/out", JSON.stringify({ terraform: { backend }, resource, provider }));
}

/** A resource in a state. */
export function known(address: string, attributes: Readonly<Record<string, unknown>>): KnownResource {
  return { address, type: address.slice(0, address.indexOf(".")), attributes };
}

/** The commands without what makes a stack's folder ready. */
export function mending(commands: readonly string[]): string[] {
  return commands.filter((command) => command !== "npm run synth" && !command.endsWith(" init -input=false"));
}
