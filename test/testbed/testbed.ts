import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Target, targetSchema } from "../../assembly/target";
import { type RunOptions, run } from "./commands";
import { testbedFolder } from "./folders";
import type { Machine } from "./machines/machine";
import { addMachines, type MachinesProps, runBesideMachines } from "./machines/machines";
import { enterNetwork } from "./node/namespaces";
import { type Level, readRecord, type TestbedRecord } from "./record";
import { takeDown } from "./take-down";
import { TestbedError } from "./testbed-error";

/** A testbed that is up. */
export interface Testbed {
  readonly name: string;
  readonly level: Level;
  /** Everything of it lies here, and is gone after `stop`. */
  readonly folder: string;
  /** What `BASTIDE_TARGET` should name. */
  readonly targetFile: string;
  readonly target: Target;
  /** An administrator's. */
  readonly kubeconfig: string;
  /** Variables for every tool that is to work on this testbed, `PATH` with its kubectl and helm included. */
  readonly env: Readonly<Record<string, string>>;
  /** Kubeconfig of the user's own cluster, if that is used instead of one of ours. */
  readonly external?: string;
  /** Level 2: put before a command to run it where pods and Services have their addresses; empty at level 1. */
  readonly enter: readonly string[];
  /** Runs a command with `enter` and `env`, and returns what it printed. */
  run(command: readonly string[], options?: RunOptions): Promise<string>;
  /** `kubectl` as the administrator. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Level 3: adds machines that boot a real systemd, and waits until they have; see `MachinesProps`. */
  machines<Name extends string>(props: MachinesProps<Name>): Promise<Record<Name, Machine>>;
  /** Level 3: runs a command where the machines have their addresses, as their neighbour 10.77.0.1. */
  besideMachines(command: readonly string[], options?: RunOptions): Promise<string>;
  /** Takes it down: no process, mount, namespace or file is left. */
  stop(): Promise<void>;
}

/** Folder of kubectl and helm. */
export const binFolder = (folder: string): string => join(folder, "bin");

export const targetFile = (folder: string): string => join(folder, "target.json");

/**
 * The testbed of this name.
 *
 * @throws TestbedError if it is not up
 */
export function openTestbed(name: string): Testbed {
  const record = readRecord(name);
  if (!record?.ready) {
    throw new TestbedError(`testbed ${name} is not up: start it with npm run testbed -- up --name ${name}`);
  }
  return fromRecord(record);
}

function fromRecord(record: TestbedRecord): Testbed {
  const folder = testbedFolder(record.name);
  const target = targetSchema.parse(JSON.parse(readFileSync(targetFile(folder), "utf8")));
  const kubeconfig = target.kubeconfig ?? join(folder, "kubeconfig");
  const env = {
    ...target.variables,
    BASTIDE_TARGET: targetFile(folder),
    KUBECONFIG: kubeconfig,
    // What kubectl remembers of an API server it files under the port, which another testbed had before, with other kinds.
    KUBECACHEDIR: join(folder, "tmp", "kubectl"),
    // The cdktf CLI reads each of its flags from CDKTF_<FLAG>: where to synthesize, and that a provider that comes from a
    // mirror cannot be locked for other systems.
    CDKTF_OUTPUT: target.output.terraform,
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true",
    CDKTF_HOME: join(folder, "cdktf"),
    PATH: `${binFolder(folder)}:${process.env.PATH ?? ""}`,
  };
  // At level 3 the API server is outside: machines are entered one by one.
  const enter = record.level === 2 && record.holder ? enterNetwork(record.holder) : [];
  const runHere: Testbed["run"] = (command, options = {}) =>
    run([...enter, ...command], { ...options, env: { ...process.env, ...env, ...options.env } });
  return {
    name: record.name,
    level: record.level,
    folder,
    targetFile: targetFile(folder),
    target,
    kubeconfig,
    env,
    external: record.external,
    enter,
    run: runHere,
    kubectl: (...args) => runHere(["kubectl", ...args]),
    machines: (props) => addMachines(record.name, props),
    besideMachines: (command, options) => runBesideMachines(record.name, command, options),
    stop: () => takeDown(record.name),
  };
}
