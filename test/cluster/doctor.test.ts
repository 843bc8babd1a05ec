import type { Platform } from "../../platform/platform";
import { tier } from "../support/require";
import { applyNodes, type Testbed } from "../testbed";
import { Background } from "./support/background";
import { helmReleases } from "./support/cluster-state";
import { askDoctor, type Diagnosis, mend } from "./support/doctor";
import { fakeNodeOf, platformsOn, releaseNames } from "./support/model";
import { fakeNodeNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { releaseStatus } from "./support/release-status";
import { edited, forgetful, withRemoteState } from "./support/remote-state";
import type { Workplace } from "./support/workplace";

tier("cluster", fakeNodeNeeds())("after a deployment was killed, the doctor", () => {
  let testbed: Testbed;
  let work: Workplace;
  let nodes: readonly string[];

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    work = await withRemoteState(testbed);
    const { cluster } = platformsOn(work).get("local") as Platform;
    const fakes = (cluster?.nodes ?? []).map(fakeNodeOf);
    await applyNodes(testbed, fakes);
    nodes = fakes.map(({ name }) => name);
  });
  afterAll(() => testbed?.stop());

  const deploy = (on: Workplace) => on.cdktf("deploy", "local-releases", "--auto-approve");

  /** With no node for new pods a release that brings some stays pending. */
  const closeNodes = (closed: boolean) => testbed.kubectl(closed ? "cordon" : "uncordon", ...nodes);

  /** Deploys, and kills everything at the moment when the start page is in this state. */
  const killWhile = async (status: string, on: Workplace) => {
    await closeNodes(true);
    const running = await Background.start(on, ["npx", "cdktf", "deploy", "local-releases", "--auto-approve"]);
    await running.until(
      `the start page is ${status}`,
      async () => (await releaseStatus(testbed, "start-page")) === status,
    );
    await running.kill();
    await closeNodes(false);
  };

  describe("in the middle of an installation", () => {
    let diagnosis: Diagnosis;

    beforeAll(async () => {
      await killWhile("pending-install", forgetful(work));
      diagnosis = await askDoctor(work, "local");
    });

    it("fails to be ignored: the next deploy is refused", async () => {
      const impatient = work.with({ TF_CLI_ARGS_apply: "-lock-timeout=0s" });
      await expect(deploy(impatient)).rejects.toThrow("Error acquiring the state lock");
    });

    it("finds the lock, the pending release, and releases that no state knows", () => {
      const { code, text } = diagnosis;
      expect(code).toBe(1);
      expect(text).toMatch(/^lock +local-releases +state locked by \S+@\S+ \(apply\)/m);
      expect(text).toMatch(/^release +playground\/start-page +pending-install, revision 1/m);
      expect(text).toMatch(/^release +gateway\/gateway +deployed, revision 1, in no state/m);
    });

    it("prints the commands that mend it: the next deploy finishes, and a plan is empty", async () => {
      await mend(work, "local", diagnosis);
      await deploy(work);
      expect((await work.plan("local-releases")).changes).toEqual({});
      const { length } = releaseNames(platformsOn(work).get("local") as Platform);
      expect((await helmReleases(testbed)).map(({ status }) => status)).toEqual(Array(length).fill("deployed"));
    });
  });

  describe("in the middle of an upgrade", () => {
    let diagnosis: Diagnosis;

    beforeAll(async () => {
      await killWhile("pending-upgrade", edited(work));
      diagnosis = await askDoctor(edited(work), "local");
    });

    it("finds what newer Helm refuses to upgrade", async () => {
      const chart = `${testbed.target.output.manifests}/local/start-page`;
      await expect(testbed.run(["helm", "upgrade", "start-page", chart, "-n", "playground"])).rejects.toThrow(
        "another operation (install/upgrade/rollback) is in progress",
      );
      const { code, text } = diagnosis;
      expect(code).toBe(1);
      expect(text).toMatch(/^release +playground\/start-page +pending-upgrade, revision 2/m);
    });

    it("prints the commands that mend it: the next deploy finishes the upgrade, and a plan is empty", async () => {
      await mend(edited(work), "local", diagnosis);
      await deploy(edited(work));
      expect((await edited(work).plan("local-releases")).changes).toEqual({});
      expect(await releaseStatus(testbed, "start-page")).toBe("deployed");
    });
  });
});
