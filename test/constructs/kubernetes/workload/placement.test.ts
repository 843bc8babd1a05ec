import { App } from "cdk8s";
import { ReleaseChart } from "../../../../constructs/kubernetes/own-release";
import { placementOf } from "../../../../constructs/kubernetes/workload/placement";
import { replicasOf } from "../../../../constructs/kubernetes/workload/replicas";
import { Workload } from "../../../../constructs/kubernetes/workload/workload";
import type { Footprint } from "../../../../platform/shared/footprint";
import { platformOf } from "../../../support/kubernetes";

const platform = platformOf("onprem");
const [app] = platform.apps.all;
const cluster = platform.cluster!;

/** The start page, with its footprint changed as no spec can say yet. */
function withFootprint(change: Partial<Footprint>) {
  return { ...app!, footprint: { ...app!.footprint, ...change } };
}

describe("the placement of a footprint", () => {
  test("apart by host: two replicas never share a node", () => {
    const { affinity } = placementOf(withFootprint({ placement: { apart: "host" } }), cluster);
    expect(affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      {
        labelSelector: {
          matchLabels: { "app.kubernetes.io/name": "start-page", "app.kubernetes.io/instance": "start-page" },
        },
        topologyKey: "kubernetes.io/hostname",
      },
    ]);
  });

  test("not apart: replicas may share a node", () => {
    expect(placementOf(app!, cluster).affinity).toBeUndefined();
  });
});

describe("the replicas of a footprint", () => {
  test("are what the model says", () => {
    expect(replicasOf(withFootprint({ replicas: 7 }).footprint)).toBe(7);
  });

  test("fails for one per node, which a Deployment cannot do", () => {
    const workload = () =>
      new Workload(new ReleaseChart(new App(), "chart"), "workload", {
        app: withFootprint({ replicas: "one-per-node" }),
        cluster,
        team: "it",
        callers: [],
        callees: [],
      });
    expect(workload).toThrow(
      "apps.start-page has one replica per node, but it is a Deployment: state a number of replicas",
    );
  });
});
