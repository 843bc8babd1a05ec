import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasUnsavedState, unsavedFinding } from "../../../cli/doctor/unsaved";
import { mending, stack } from "./world";

describe("a state that the backend did not take", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is found in the stack's folder, and pushed before it is removed", () => {
    writeFileSync(join(folder, "errored.tfstate"), "{}");
    const cloud = { ...stack({ name: "aws-cloud" }), folder };
    expect(hasUnsavedState(cloud)).toBe(true);
    expect(mending(unsavedFinding(cloud, "terraform").commands)).toEqual([
      `terraform -chdir=${folder} state push errored.tfstate`,
      `rm ${folder}/errored.tfstate`,
    ]);
  });

  it("is not there as a rule", () => {
    expect(hasUnsavedState({ ...stack(), folder })).toBe(false);
  });
});
