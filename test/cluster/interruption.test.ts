import type { Platform } from "../../platform/platform";
import { tier } from "../support/require";
import { applyNodes, type Testbed } from "../testbed";
import { Background } from "./support/background";
import { helmReleases } from "./support/cluster-state";
import { askDoctor } from "./support/doctor";
import { fakeNodeOf, platformsOn, releaseNames } from "./support/model";
import { fakeNodeNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { releaseStatus } from "./support/release-status";
import { withRemoteState } from "./support/remote-state";
import type { Workplace } from "./support/workplace";

tier("cluster", fakeNodeNeeds())("a deployment interrupted by Ctrl-C", () => {
  let testbed: Testbed;
  let work: Workplace;

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    work = await withRemoteState(testbed);
  });
  afterAll(() => testbed?.stop());

  // As users type it: npx is what puts the project's own Terraform before the one on the PATH.
  const deploy = (stack: string) => ["npx", "cdktf", "deploy", stack, "--auto-approve"];

  describe("while a release is being installed", () => {
    let nodes: readonly string[];

    beforeAll(async () => {
      const { cluster } = platformsOn(work).get("local") as Platform;
      const fakes = (cluster?.nodes ?? []).map(fakeNodeOf);
      await applyNodes(testbed, fakes);
      nodes = fakes.map(({ name }) => name);
      // With no node for its pods the installation of the start page waits.
      await testbed.kubectl("cordon", ...nodes);
      const running = await Background.start(work, deploy("local-releases"));
      const isPending = async () => (await releaseStatus(testbed, "start-page")) === "pending-install";
      await running.until("the start page is being installed", isPending);
      running.interrupt();
      await running.ended;
    });

    it("goes on in the background, and the doctor says to wait", async () => {
      const { code, text, commands } = await askDoctor(work, "local");
      expect({ code, commands }).toEqual({ code: 1, commands: [] });
      expect(text).toMatch(/^lock +local-releases +state locked by \S+ \(apply\)/m);
      expect(text).toMatch(
        /Process \d+ on this machine is working on this stack, or waiting to\. Wait until it has ended;/,
      );
    });

    it("is finished by the next one, and a plan is empty", async () => {
      await testbed.kubectl("uncordon", ...nodes);
      await work.run(deploy("local-releases"));
      expect((await work.plan("local-releases")).changes).toEqual({});
      const found = (await helmReleases(testbed)).map(({ status, revision }) => `${status} ${revision}`);
      const { length } = releaseNames(platformsOn(work).get("local") as Platform);
      expect(found).toEqual(Array(length).fill("deployed 1"));
    });

    it("leaves nothing for the doctor", async () => {
      const { code, text } = await askDoctor(work, "local");
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("nothing is wrong with local") });
    });
  });

  describe("while AWS makes a resource", () => {
    beforeAll(async () => {
      const running = await Background.start(work, deploy("aws-data"));
      // The simulated S3 takes a minute to tell the rules of a bucket.
      await running.until("the bucket's rules are being made", () =>
        running.said.includes("aws_s3_bucket_lifecycle_configuration.backups: Still creating"),
      );
      running.interrupt();
      await running.ended;
    });

    it("is finished by the next one, and a plan is empty", async () => {
      await work.run(deploy("aws-data"));
      expect((await work.plan("aws-data")).changes).toEqual({});
    });
  });
});
