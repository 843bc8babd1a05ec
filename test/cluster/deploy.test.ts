import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../../platform/platform";
import { tier } from "../support/require";
import { applyNodes, removeNodes, type Testbed } from "../testbed";
import { clusterWide, helmReleases, isReady, pods, revisions } from "./support/cluster-state";
import { eventually } from "./support/eventually";
import { fakeNodeOf, misplaced, platformsOn, releaseNames, replicasByApp } from "./support/model";
import { fakeNodeNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { processesUsing } from "./support/processes";
import { resourcesInAws } from "./support/simulated-aws";
import { Workplace } from "./support/workplace";

const edited = { BASTIDE_ENVIRONMENTS: join(__dirname, "environments/edited") };

/** What each environment consists of, and which release the edited value concerns. */
const environments = [
  { environment: "local", stacks: ["local-releases"], concerns: "start-page" },
  { environment: "onprem", stacks: ["onprem-releases"], concerns: "foundation" },
  { environment: "aws", stacks: ["aws-cloud", "aws-data", "aws-releases"], concerns: "start-page" },
];

/** One whose user has a home folder with nothing in it, and which looks for kubeconfigs where production does. */
function freshMachine(work: Workplace): Workplace {
  const { folder, target } = work.testbed;
  const home = mkdtempSync(join(folder, "home-"));
  const targetFile = join(home, "target.json");
  writeFileSync(targetFile, JSON.stringify({ ...target, kubeconfig: undefined }));
  return work.with({ HOME: home, BASTIDE_TARGET: targetFile });
}

tier("cluster", fakeNodeNeeds())("deployment", () => {
  let testbed: Testbed;
  let work: Workplace;
  let platforms: ReadonlyMap<string, Platform>;
  let before: readonly string[];

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    work = new Workplace(testbed);
    platforms = platformsOn(work);
    before = await clusterWide(testbed);
  });
  afterAll(() => testbed?.stop());

  describe.each(environments)("of $environment", ({ environment, stacks, concerns }) => {
    const all = `${environment}-*`;
    let platform: Platform;
    const cluster = () => {
      if (platform.cluster === undefined) throw new Error(`${environment} has no cluster`);
      return platform.cluster;
    };
    const plans = async (on: Workplace) => {
      const found = [];
      for (const stack of stacks) found.push([stack, (await on.plan(stack)).changes] as const);
      return Object.fromEntries(found);
    };
    const nothing = Object.fromEntries(stacks.map((stack) => [stack, {}]));

    beforeAll(async () => {
      platform = platforms.get(environment) as Platform;
      await applyNodes(testbed, cluster().nodes.map(fakeNodeOf));
    });
    afterAll(() =>
      removeNodes(
        testbed,
        cluster().nodes.map(({ name }) => name),
      ),
    );

    it("ends with every release deployed", async () => {
      await work.cdktf("deploy", all, "--auto-approve");
      const found = (await helmReleases(testbed)).map(({ name, status, revision }) => ({ name, status, revision }));
      const expected = releaseNames(platform).map((name) => ({ name, status: "deployed", revision: "1" }));
      expect(found).toEqual(expected);
    });

    it("ends with every pod Ready", async () => {
      const count = [...replicasByApp(platform).values()].reduce((sum, replicas) => sum + replicas, 0);
      const ready = Array.from({ length: count }, () => [expect.any(String), true]);
      // The autoscaler looks every 15 s whether there are as many as there should be at least.
      await eventually(async () => {
        const found = await pods(testbed);
        expect(found.map((pod) => [pod.metadata.name, isReady(pod)])).toEqual(ready);
      });
    });

    it("puts every pod where the model says", async () => {
      expect(misplaced(platform, await pods(testbed))).toEqual([]);
    });

    if (environment === "aws") {
      it("makes the resources in AWS, each with the environment's tag", async () => {
        expect(await resourcesInAws(testbed, environment)).toMatchObject({
          VPC: 1,
          subnet: 6,
          "NAT gateway": 1,
          instance: 1,
          cluster: 1,
          // The one of the environment, and that of the machines' programs.
          bucket: 2,
        });
      });
    }

    it("has nothing left to do", async () => {
      expect(await plans(work)).toEqual(nothing);
    });

    if (environment === "local") {
      it("changes nothing when it is done again", async () => {
        const first = await revisions(testbed);
        expect(await work.cdktf("deploy", all, "--auto-approve")).toContain("No changes.");
        expect(await revisions(testbed)).toEqual(first);
      });

      it("keeps its state while its environment is off the list, and when all output is lost", async () => {
        await work.with({ BASTIDE_ENV: "onprem" }).cdktf("synth");
        expect(existsSync(work.folderOf("local-releases"))).toBe(false);
        work.forgetOutput();
        await work.synth();
        for (const stack of stacks) await work.init(stack);
        expect(await plans(work)).toEqual(nothing);
      });

      it("is planned on a machine that never saw it, once that has its kubeconfig", async () => {
        const fresh = freshMachine(work);
        await fresh.synth();
        await expect(fresh.plan("local-releases")).rejects.toThrow("Kubernetes cluster unreachable");
        await fresh.run([process.execPath, "--import", "tsx", "cli/bastide.ts", "kubeconfig", "--env", environment]);
        expect(await plans(fresh)).toEqual(nothing);
      });
    }

    it("changes exactly one release when one manifest is edited", async () => {
      const releases = `${environment}-releases`;
      const others = stacks.filter((stack) => stack !== releases);
      const unedited = others.map((stack) => work.read(stack));
      const editor = work.with(edited);
      await editor.synth();
      // They were seen to have nothing to do.
      expect(others.map((stack) => editor.read(stack))).toEqual(unedited);
      expect((await editor.plan(releases)).changes).toEqual({ update: [`helm_release.${concerns}`] });
      await editor.terraform(releases, ["apply", "-auto-approve", "-input=false", "-no-color"]);
      const once = Object.fromEntries(releaseNames(platform).map((name) => [name, 1]));
      expect(await revisions(testbed)).toEqual({ ...once, [concerns]: 2 });
      const then = platformsOn(work, edited.BASTIDE_ENVIRONMENTS).get(environment) as Platform;
      await eventually(async () => expect(misplaced(then, await pods(testbed))).toEqual([]));
    });

    it("leaves nothing when it is destroyed", async () => {
      await work.cdktf("destroy", all, "--auto-approve");
      expect(await helmReleases(testbed)).toEqual([]);
      expect(await resourcesInAws(testbed, environment)).toEqual({});
      // Namespaces and CRDs go in their own time, with what is in them.
      await eventually(async () => expect(await clusterWide(testbed)).toEqual(before));
      // The last of them ends a moment after the command.
      await eventually(async () => expect(processesUsing(testbed)).toEqual([]));
    });
  });
});
