import type { OpenPort } from "../../platform/services";
import type { ServerCertificate } from "../../platform/shared/certificate";
import type { SecretRef } from "../../platform/shared/secrets";
import type { ManagedSecrets } from "./managed-secrets";

/**
 * What a machine must be like: the result of a pure function of the model, rendered as a program that a machine is brought
 * there with, whether it comes by cloud-init or over SSH. Everything in it may be applied any number of times.
 */
export interface RoleDocument {
  /** Name of the machine, for messages. */
  readonly machine: string;
  /** Where its secrets are fetched from before anything else; nothing where the operator places them. */
  readonly managedSecrets?: ManagedSecrets;
  /** Packages of Debian, installed where they are missing, never upgraded or removed. */
  readonly packages: readonly string[];
  readonly files: readonly RoleFile[];
  /** In the order in which they are looked at. */
  readonly units: readonly RoleUnit[];
  readonly commands: readonly RoleCommand[];
  /** Everything that is open; the host's firewall, which is among the files, closes the rest. */
  readonly ports: readonly OpenPort[];
  /** What must be true of a machine that does its work; asked after each application. */
  readonly health: readonly HealthCheck[];
  /** What ends the role. Files of the document are removed afterwards; data stays where it is. */
  readonly uninstall: readonly EndCommand[];
}

export interface RoleFile {
  readonly path: string;
  /** Four octal digits, like `0644`. */
  readonly mode: string;
  /** User and group, like `root:root`. */
  readonly owner: string;
  /** Text that ends with a newline; where a secret belongs, its {@link secretMark}. */
  readonly content: string;
  /** Every secret that `content` has a mark of. The machine puts the value in; it is nowhere else. */
  readonly secretRefs: readonly SecretRef[];
  /** A shell command that must succeed before the file takes its place; `$candidate` is its path until then. */
  readonly validate?: string;
}

/** A unit of systemd that is enabled and runs. */
export interface RoleUnit {
  readonly name: string;
  /** What makes it take a change of one of the files that it `watches`. */
  readonly onChange: "reload" | "restart";
  readonly watches: readonly string[];
  /**
   * A shell command that succeeds where what runs has taken what it was last given, and otherwise prints why not, without a secret.
   * @default - whatever systemd says is believed
   */
  readonly taken?: string;
}

export interface RoleCommand {
  /** As half a sentence, for messages: `make the user ada`. */
  readonly purpose: string;
  /** Shell command that succeeds where `run` need not run. */
  readonly unless: string;
  readonly run: string;
  /**
   * Before units are started, or afterwards, for what needs them.
   * @default "before-units"
   */
  readonly when?: "before-units" | "after-units";
}

export interface HealthCheck {
  /** As half a sentence: `HAProxy answers`. */
  readonly purpose: string;
  /** Shell command that succeeds where all is well; it is given half a minute. */
  readonly check: string;
}

/** Run once its machine is no more what it ends, by whichever program comes then: the machine keeps a book of them. */
export interface EndCommand {
  /** What it ends, in one line: a unit, or in words. The same in every version: by it the book knows what is still there, whatever `run` says. */
  readonly ends: string;
  /** Shell command, in one line, that succeeds where there is nothing to end. */
  readonly run: string;
}

/** The end of a unit. One that somebody removed counts as ended. */
export function endOf(unit: string): EndCommand {
  return { ends: unit, run: `systemctl disable --now ${unit}` };
}

/** What stands in a file's content in the place of a secret. */
export function secretMark({ secret, key }: SecretRef): string {
  return `@{${secret}/${key}}`;
}

/** The parts of a certificate, as a file that a server reads; certificates first, the key behind them where it is asked for. */
export function certificateRefs({ chain, key = chain }: ServerCertificate): { chain: SecretRef; key: SecretRef } {
  return { chain: { secret: chain, key: "tls.crt" }, key: { secret: key, key: "tls.key" } };
}

/** A file that belongs to root and holds no secret. */
export function plainFile(path: string, content: string, more: Partial<RoleFile> = {}): RoleFile {
  return { path, mode: "0644", owner: "root:root", content, secretRefs: [], ...more };
}
