import type { Base } from "../../../platform/base";
import type { Machine } from "../../../platform/machines";
import { bucketOf, type HarborService, type Service } from "../../../platform/services";
import type { RolePart } from "../compose";
import { dataDisk } from "../data-disk";
import { backup } from "./backup";
import { configurationFiles, DATA } from "./configuration";
import { docker } from "./docker";
import { folderOf, override, START_PROGRAM, startProgram, UNIT, uninstall, unit, unpacking } from "./installation";
import { registry } from "./registry";
import { coreVariables } from "./sign-in";

/** What a Harbor must be told besides itself. */
export interface HarborNeeds {
  readonly base: Base;
  /** Services of the environment, among which are the stores of its buckets. */
  readonly services: readonly Service[];
}

/** A container registry by Harbor's own installer, on Docker's engine, with everything in it that the environment names. */
export function harborRole(service: HarborService, machine: Machine, { base, services }: HarborNeeds): RolePart[] {
  const { storage, backup: copies } = service;
  const images = storage.kind === "s3" ? bucketOf(storage, services) : undefined;
  const place = copies.kind === "s3" ? bucketOf(copies, services) : undefined;
  const settings = [
    ...configurationFiles(service, { images, authorities: base.authorities }),
    coreVariables(service),
    override,
  ];
  const watched = settings.map(({ path }) => path);
  return [
    dataDisk(machine, { path: DATA, usedBy: UNIT }),
    docker(service.compose),
    {
      packages: ["curl"],
      files: [...settings, startProgram(service, watched), unit],
      commands: [unpacking(service)],
      units: [{ name: UNIT, onChange: "reload", watches: [...watched, START_PROGRAM, unit.path] }],
      uninstall,
    },
    registry(service),
    // Last, so that a bucket that is not there yet keeps nothing else from being made.
    backup(service, place, folderOf(service)),
  ];
}
