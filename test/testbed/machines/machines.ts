import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunOptions, run } from "../commands";
import { testbedFolder } from "../folders";
import { enterNetwork } from "../node/namespaces";
import { type ProcessRecord, readRecord } from "../record";
import { TestbedError } from "../testbed-error";
import { furnish } from "./furnish";
import { firstUser, machineImage } from "./image";
import { Machine } from "./machine";
import { switchOn } from "./power";
import { network, type SiteAddress, siteFiles } from "./site";

export interface MachinesProps<Name extends string> {
  /** Host names; each becomes a machine with the address that follows the last one's, 10.77.0.11 first. */
  readonly names: readonly Name[];
  /**
   * User data of machines that cloud-init sets up at their first boot, by name.
   * @default - cloud-init is off; a user `debian` with the testbed's key may use sudo
   */
  readonly userData?: Readonly<Partial<Record<Name, string>>>;
}

/** Host names, which also name interfaces, folders and control groups. */
const nameRule = /^[a-z][a-z0-9-]{0,30}$/;

/** Addresses below this are left to the tester and to virtual addresses of the tests. */
const firstAddress = 11;

/**
 * Adds machines to a testbed of level 3 and waits until they have booted.
 *
 * @throws TestbedError if the testbed has no place for machines, or a name does not fit or is taken
 */
export async function addMachines<Name extends string>(
  testbed: string,
  { names, userData }: MachinesProps<Name>,
): Promise<Record<Name, Machine>> {
  const holder = holderOf(testbed);
  const folder = testbedFolder(testbed);
  const present = listMachines(testbed);
  const image = await machineImage.folder(() => {});
  for (const name of names) {
    if (!nameRule.test(name)) {
      throw new TestbedError(`machine name is ${JSON.stringify(name)}: use lower-case letters, digits and hyphens`);
    }
    if (present.some((machine) => machine.name === name)) throw new TestbedError(`there is a machine ${name} already`);
  }
  const machines = await Promise.all(
    names.map(async (name, index) => {
      const address = `${network.prefix}${firstAddress + present.length + index}` as SiteAddress;
      const hostKey = await furnish({ holder, folder, image, name, address, userData: userData?.[name] });
      switchOn(testbed, holder, name, join(image, "packages"));
      return new Machine(testbed, name, address, hostKey);
    }),
  );
  for (const machine of machines) introduce(folder, machine);
  await Promise.all(machines.map((machine) => machine.booted()));
  return Object.fromEntries(machines.map((machine) => [machine.name, machine])) as Record<Name, Machine>;
}

/** The machines of a testbed that were added before. */
export function listMachines(testbed: string): Machine[] {
  const { knownHosts } = siteFiles(testbedFolder(testbed));
  if (!existsSync(knownHosts)) return [];
  return readFileSync(knownHosts, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name, address, hostKey] = /^([^,]+),(\S+) (.+)$/.exec(line) ?? [];
      return name && address && hostKey ? [new Machine(testbed, name, address as SiteAddress, hostKey)] : [];
    });
}

/** Runs a command where machines have their addresses, as the neighbour 10.77.0.1 of them. */
export function runBesideMachines(testbed: string, command: readonly string[], options?: RunOptions): Promise<string> {
  return run([...enterNetwork(holderOf(testbed)), ...command], options);
}

function holderOf(testbed: string): ProcessRecord {
  const record = readRecord(testbed);
  if (record?.level !== 3 || !record.holder) {
    throw new TestbedError(
      `testbed ${testbed} is not up at level 3: start it with npm run testbed -- up --level 3 --name ${testbed}`,
    );
  }
  return record.holder;
}

/** Lets `ssh NAME` with the site's configuration reach it, and trust it. */
function introduce(folder: string, { name, address, hostKey }: Machine): void {
  const { key, knownHosts, config } = siteFiles(folder);
  appendFileSync(knownHosts, `${name},${address} ${hostKey}\n`);
  appendFileSync(
    config,
    `Host ${name} ${address}
  HostName ${address}
  User ${firstUser}
  IdentityFile ${key}
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 60
  LogLevel ERROR
`,
  );
}
