import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { production } from "../../../assembly/target";
import { inFolder, stackFiles } from "../../../cli/doctor/stack-file";
import { loadPlatforms } from "../../../cli/load";
import { stack } from "./world";

describe("the stacks that the doctor looks at", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const output = () => ({ terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") });
  const filesOf = (environment: string, target = { ...production, output: output() }) =>
    loadPlatforms({}, target, [environment]).flatMap((platform) => stackFiles(platform, target));

  it("are all of the environment's, with backend, region and resources", () => {
    const files = filesOf("aws");
    expect(files.map(({ name, backend, region }) => [name, backend.kind, region])).toEqual([
      ["aws-cloud", "s3", "eu-central-1"],
      ["aws-data", "s3", "eu-central-1"],
      ["aws-releases", "s3", undefined],
    ]);
    expect(files[1]?.resources.get("aws_s3_bucket.backups")).toMatchObject({ bucket: expect.any(String) });
    expect(files[2]?.resources.has("helm_release.foundation")).toBe(true);
  });

  it("are those of existing machines too, which have no provider", () => {
    const files = filesOf("onprem");
    expect(files.map(({ name, backend, region }) => [name, backend.kind, region])).toEqual([
      ["onprem-machines", "http", undefined],
      ["onprem-releases", "http", undefined],
    ]);
    expect(files[0]?.resources.has("terraform_data.gitlab")).toBe(true);
  });

  it("are made without touching the output that a deployment may be reading", () => {
    filesOf("local");
    expect([existsSync(join(folder, "cdktf.out")), existsSync(join(folder, "dist"))]).toEqual([false, false]);
  });

  it("have their local state where Terraform looks for it from the stack's folder", () => {
    const [releases] = filesOf("local");
    expect(releases?.backend.settings.path).toBe(
      resolve(folder, "cdktf.out/stacks/local-releases/../../../.state/local/local-releases.tfstate"),
    );
  });

  it("have the local state of a target where the target says", () => {
    const [releases] = filesOf("local", { ...production, output: output(), stateFolder: join(folder, "states") });
    expect(releases?.backend.settings.path).toBe(join(folder, "states/local/local-releases.tfstate"));
  });
});

describe("a Terraform command in a stack's folder", () => {
  it("needs nothing before it where the folder was made ready", () => {
    const folder = mkdtempSync(join(tmpdir(), "bastide-test-"));
    mkdirSync(join(folder, ".terraform"));
    writeFileSync(join(folder, "cdk.tf.json"), "{}");
    try {
      expect(inFolder({ ...stack(), folder }, "tofu", "state", "list")).toEqual([`tofu -chdir=${folder} state list`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
