import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { production } from "../../../assembly/target";
import { examine } from "../../../cli/doctor/doctor";
import type { StackFile } from "../../../cli/doctor/stack-file";
import { Platform } from "../../../platform/platform";
import { examples } from "../../support/environments";
import { answering, here, type Reply, stack } from "./world";

const lockOf = (who: string) => ({
  fails: `Error: Error acquiring the state lock\n  ID: 5e2f\n  Who: ${who}\n  Created: 2026-11-21 11:59:00.1 +0000 UTC`,
});

const free: Readonly<Record<string, Reply>> = {
  "terraform init -input=false -no-color": "",
  "terraform untaint": "",
  "terraform state pull": "",
  resourcegroupstaggingapi: '{"ResourceTagMappingList":[]}',
  "describe-tags": '{"Tags":[]}',
};

function examined(replies: Readonly<Record<string, Reply>>, changes: Partial<StackFile> = {}) {
  const ask = answering(replies);
  const data = { ...stack({ name: "aws-data", region: "eu-central-1" }), ...changes };
  const means = { ask, terraform: "terraform", here, say: () => {} };
  const examination = examine(Platform.of(examples.aws), [data], production, means);
  return { ...examination, toAws: ask.asked.filter((question) => question.startsWith("aws ")) };
}

describe("resources in AWS", () => {
  it("are asked for when every state could be read and nobody is at work", () => {
    const { checked, unchecked } = examined(free);
    expect({ checked, unchecked }).toEqual({
      checked: ["state and lock of aws-data", "resources in AWS, eu-central-1"],
      unchecked: [],
    });
  });

  it("are asked for although a lock was left behind", () => {
    expect(examined({ ...free, "terraform untaint": lockOf("anna@annas-laptop") }).checked).toContain(
      "resources in AWS, eu-central-1",
    );
  });

  it("are not judged while somebody may be making them", () => {
    const { findings, unchecked, toAws } = examined({ ...free, "terraform untaint": lockOf("ci@runner-7") });
    expect({ found: findings.map(({ kind }) => kind), toAws }).toEqual({ found: ["lock"], toAws: [] });
    expect(unchecked).toEqual([
      {
        what: "resources in AWS, eu-central-1",
        because: "a deployment may be at work on aws-data",
        cure: "ask again when its lock is gone",
      },
    ]);
  });

  it("are not judged without the state of every stack that may know them", () => {
    const { unchecked, toAws } = examined({ ...free, "terraform state pull": { fails: "Error: denied.\n" } });
    expect(toAws).toEqual([]);
    expect(unchecked.map(({ what, because }) => `${what}: ${because}`)).toEqual([
      "state and lock of aws-data: denied.",
      "resources in AWS, eu-central-1: not every state in this region could be read",
    ]);
  });

  it("are not judged while a state waits to be saved", () => {
    const folder = mkdtempSync(join(tmpdir(), "bastide-test-"));
    writeFileSync(join(folder, "errored.tfstate"), "{}");
    try {
      const { findings, unchecked, toAws } = examined(free, { folder });
      expect({ found: findings.map(({ kind }) => kind), toAws }).toEqual({ found: ["state"], toAws: [] });
      expect(unchecked.map(({ because }) => because)).toEqual(["the state of aws-data is not saved"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
