import type { Cluster } from "../../platform/cluster";
import { checkFit, place } from "../../platform/cluster/fit";
import { Report } from "../../platform/shared/problems";
import { tier } from "../support/require";
import type { Testbed } from "../testbed";
import { Api } from "./support/api";
import { platformsOn } from "./support/model";
import { fakeNodeNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { makeNodes, schedule } from "./support/scheduling";
import { type Shape, shapes, tooLarge } from "./support/shapes";
import { Workplace } from "./support/workplace";

const SEED = 3;

/** What the model says before, and what the scheduler did. */
interface Outcome {
  readonly shape: Shape;
  readonly saysFits: boolean;
  /** Pods that the scheduler found no node for. */
  readonly waiting: number;
}

tier("cluster", fakeNodeNeeds())("the fit check against the real scheduler", () => {
  const generated = shapes(16, SEED);
  let testbed: Testbed;
  let outcomes: readonly Outcome[];
  const of = (some: readonly Shape[]) => outcomes.filter(({ shape }) => some.includes(shape));
  const names = (some: readonly Outcome[]) => some.map(({ shape }) => shape.name);

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    const api = Api.of(testbed.kubeconfig);
    const all = [...generated, ...environmentShapes(testbed)];
    await makeNodes(testbed, all);
    const waiting = await schedule(api, all);
    api.close();
    outcomes = all.map((shape) => ({
      shape,
      saysFits: place(shape.footprints, shape.nodes) === undefined,
      waiting: waiting.get(shape.name) ?? 0,
    }));
  });
  afterAll(() => testbed?.stop());

  it.each(["aws", "onprem", "local"])("says that %s fits, and the scheduler finds a node for every pod", (name) => {
    const found = outcomes.find(({ shape }) => shape.name === name);
    expect(found).toMatchObject({ saysFits: true, waiting: 0 });
  });

  it("says that nothing fits that asks for more than there is, and some of its pods wait", () => {
    const impossible = of(generated.filter(tooLarge));
    expect(impossible.length).toBeGreaterThan(0);
    expect(impossible.filter(({ saysFits, waiting }) => saysFits || waiting === 0)).toEqual([]);
  });

  it("refuses none whose pods the scheduler places", () => {
    expect(names(outcomes.filter(({ saysFits, waiting }) => !saysFits && waiting === 0))).toEqual([]);
  });

  it("has warned of too little room wherever it says that all fits and some pods wait", () => {
    const agree = of(generated).filter(({ saysFits, waiting }) => saysFits === (waiting === 0));
    const optimistic = outcomes.filter(({ saysFits, waiting }) => saysFits && waiting > 0);
    process.stdout.write(
      `fit check, seed ${SEED}: agrees with the scheduler on ${agree.length} of ${generated.length} generated shapes; ` +
        `says that all fits, with a warning, where some pods wait: ${names(optimistic).join(", ") || "none"}\n`,
    );
    expect(agree.length).toBeGreaterThanOrEqual(0.8 * generated.length);
    expect(names(optimistic.filter(({ shape }) => !warns(shape)))).toEqual([]);
  });
});

/** Whether the user is told that no node may be lost: the sign that there is little room. */
function warns({ name, nodes, footprints }: Shape): boolean {
  const report = new Report(name);
  checkFit({ nodes } as unknown as Cluster, footprints, report);
  return report.warnings.length > 0;
}

/** The environments themselves, with everything that runs on their nodes. */
function environmentShapes(testbed: Testbed): Shape[] {
  return [...platformsOn(new Workplace(testbed)).values()].map(({ name, cluster, footprints }) => ({
    name,
    nodes: cluster?.nodes ?? [],
    footprints,
  }));
}
