import { tier } from "../support/require";
import type { Testbed } from "../testbed";
import { withAwsCli } from "./support/aws-cli";
import { Background } from "./support/background";
import { askDoctor, type Diagnosis, mend } from "./support/doctor";
import { deploymentNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { forgetful, withRemoteState } from "./support/remote-state";
import type { Workplace } from "./support/workplace";

tier("cluster", deploymentNeeds())("after a deployment to AWS was killed, the doctor", () => {
  let testbed: Testbed;
  let work: Workplace;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ cluster: false });
    work = await withAwsCli(await withRemoteState(testbed));
  });
  afterAll(() => testbed?.stop());

  describe.each([
    {
      moment: "when a bucket was made",
      stack: "aws-data",
      reached: "aws_s3_bucket.backups: Creation complete",
      found: /^resource +s3:bucket\/\S+ +in no state; is aws_s3_bucket\.backups of aws-data/m,
    },
    {
      moment: "when a network was begun",
      stack: "aws-cloud",
      reached: "aws_vpc.main: Creation complete",
      found: /^resource +ec2:vpc\/vpc-\w+ +in no state; is aws_vpc\.main of aws-cloud/m,
    },
  ])("$moment", ({ stack, reached, found }) => {
    let diagnosis: Diagnosis;

    beforeAll(async () => {
      const deploying = ["npx", "cdktf", "deploy", stack, "--auto-approve"];
      const running = await Background.start(forgetful(work), deploying);
      await running.until(reached, () => running.said.includes(reached));
      await running.kill();
      diagnosis = await askDoctor(work, "aws");
    });

    it("finds the lock and what no state knows", () => {
      const { code, text } = diagnosis;
      expect(code).toBe(1);
      expect(text).toMatch(new RegExp(`^lock +${stack} +state locked by`, "m"));
      expect(text).toMatch(found);
    });

    it("prints the commands that mend it: the next deploy finishes, nothing is there twice, and a plan is empty", async () => {
      await mend(work, "aws", diagnosis);
      await work.cdktf("deploy", stack, "--auto-approve");
      expect((await work.plan(stack)).changes).toEqual({});
      const { code, text } = await askDoctor(work, "aws");
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("nothing is wrong with aws") });
    });
  });
});
