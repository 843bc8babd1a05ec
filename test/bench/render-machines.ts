import { documentDigests, documentOf, renderCloudInit, renderScript } from "../../constructs/machine-roles";
import { Platform } from "../../platform/platform";
import { hundredMachines } from "./hundred-machines";

/**
 * Called with `all`: everything that is made of a hundred machines, from their data: what goes over SSH, what goes with user data,
 * and what a plan shows. Called with anything else: nothing, once all is loaded.
 */
if (process.argv[2] === "all") {
  const platform = Platform.of(hundredMachines(), { ownImages: { "start-page": "0", callhome: "0" } });
  for (const machine of platform.machines.all) {
    const document = documentOf(platform, machine);
    for (const made of [renderScript(document), renderCloudInit(document), JSON.stringify(documentDigests(document))])
      process.stdout.write(`${made.length}\n`);
  }
}
