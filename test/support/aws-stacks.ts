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

/** Two stores and their machines beside the example's bastion. */
export function withStores(draft: Draft): void {
  for (const [place, name] of ["s3-1", "s3-2"].entries()) {
    const zone = ["a", "b"][place];
    draft.machines[name] = { ...draft.machines["bastion-1"], instanceType: "m6i.large", role: "s3-store", zone };
    draft.services ??= {};
    draft.services[`store-${place + 1}`] = {
      kind: "s3-store",
      machine: name,
      driver: {
        name: "minio",
        server: { from: "/opt/bastide/minio", sha256: "5e".repeat(32) },
        client: { from: "/opt/bastide/mc", sha256: "b1".repeat(32) },
        waiver: { until: "2099-12-31", reason: "tried in a test" },
      },
      certificate: { chain: "s3-tls", key: "s3-tls" },
      buckets: { [`images-${place + 1}`]: {} },
    };
  }
}

/** Two load balancers before the example's bastion. */
export function withBalancers(draft: Draft, more: object = {}): void {
  const machine = { ...draft.machines["bastion-1"], role: "haproxy" };
  draft.machines["lb-1"] = { ...machine, address: "10.20.0.10" };
  draft.machines["lb-2"] = { ...machine, zone: "b" };
  draft.machines["bastion-1"].open = { http: { port: 80 }, https: { port: 443 } };
  draft.services ??= {};
  draft.services.front = {
    ...{ kind: "haproxy", machines: ["lb-1", "lb-2"], ...more },
    ingress: { mode: "proxy-protocol", nodes: ["bastion-1"] },
  };
}

/** The cloud stack of the example `aws`, with something changed. */
export function cloud(change?: (draft: Draft) => void): Synthesized {
  return change ? makeCloud(change) : unchangedCloud();
}

/** The data stack of the example `aws`, with something changed. */
export function data(change?: (draft: Draft) => void): Synthesized {
  return Synthesized.of(() => new DataStack(new App(), awsPlatform(change), setting));
}

function makeCloud(change?: (draft: Draft) => void): Synthesized {
  return Synthesized.of(() => new CloudStack(new App(), awsPlatform(change), setting));
}

let unchanged: Synthesized | undefined;

/** Most tests look at the example as it is: it is made once. */
function unchangedCloud(): Synthesized {
  unchanged ??= makeCloud();
  return unchanged;
}
