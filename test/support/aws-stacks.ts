import { App } from "cdktf";
import { Platform } from "../../platform/platform";
import { CloudStack } from "../../stacks/cloud-stack";
import { DataStack } from "../../stacks/data-stack";
import type { StackSetting } from "../../stacks/environment-stack";
import { changed, type Draft } from "./environments";
import { Synthesized } from "./terraform";

const setting: StackSetting = {
  helmProvider: "3.1.1",
  kubeconfig: "kubeconfig",
  writesKubeconfig: true,
  chartFolder: "charts",
};

/** The model of the example `aws` with something changed. */
export function awsPlatform(change: (draft: Draft) => void = () => {}): Platform {
  return Platform.of(changed("aws", change), { ownImages: { "start-page": "0123456789ab", callhome: "ba9876543210" } });
}

/** The cloud stack of the example `aws`, with something changed. */
export function cloud(change?: (draft: Draft) => void): Synthesized {
  return change ? makeCloud(change) : unchangedCloud();
}

/** The data stack of the example `aws`, with something changed. */
export function data(change?: (draft: Draft) => void): Synthesized {
  return Synthesized.of(new DataStack(new App(), awsPlatform(change), setting));
}

function makeCloud(change?: (draft: Draft) => void): Synthesized {
  return Synthesized.of(new CloudStack(new App(), awsPlatform(change), setting));
}

let unchanged: Synthesized | undefined;

/** Most tests look at the example as it is: it is made once. */
function unchangedCloud(): Synthesized {
  unchanged ??= makeCloud();
  return unchanged;
}
