import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../assembly/synthesize";
import { production } from "../../assembly/target";
import { loadPlatforms } from "../../cli/load";
import { awsPlatform, withStores } from "../support/aws-stacks";
import { tier } from "../support/require";

const terraform = process.env.TERRAFORM_BINARY_NAME || "terraform";
const mirror = process.env.TF_PROVIDER_MIRROR ?? "";
const held = (provider: string) => existsSync(join(mirror, "registry.terraform.io/hashicorp", provider));

const lacking = [
  ...(spawnSync(terraform, ["version"]).status === 0
    ? []
    : [{ name: "Terraform", cure: "install Terraform 1.11 or newer" }]),
  ...(mirror !== "" && held("aws")
    ? []
    : [{ name: "the AWS provider", cure: "name a mirror with hashicorp/aws in TF_PROVIDER_MIRROR" }]),
].map((one) => ({ ...one, neededBy: "testbed" as const }));

/** The part of the fast tier that Terraform itself judges; the cluster tier plans and applies as well. */
tier("terraform", lacking)("every stack for production", () => {
  let folder: string;
  let stacks: string[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-validate-"));
    const target = { ...production, output: { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") } };
    // The examples have no machine in AWS that keeps data.
    const stores = awsPlatform((draft) => {
      withStores(draft);
      draft.name = "stores";
    });
    stacks = synthesize([...loadPlatforms({}, target), stores], target).flatMap((made) =>
      made.stacks.map(({ name }) => name),
    );
    writeFileSync(
      join(folder, "terraform.rc"),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(stack: string, ...args: string[]) {
    const env = {
      ...process.env,
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    };
    return spawnSync(terraform, args, { cwd: join(folder, "cdktf.out/stacks", stack), env, encoding: "utf8" });
  }

  test("that needs only providers which are at hand is valid", () => {
    const judged = stacks.filter((stack) => !stack.endsWith("-releases") || held("helm"));
    expect(judged).toEqual(expect.arrayContaining(["aws-cloud", "aws-data", "stores-cloud"]));
    for (const stack of judged) {
      const init = run(stack, "init", "-backend=false", "-input=false", "-no-color");
      expect({ stack, status: init.status, stderr: init.stderr }).toEqual({ stack, status: 0, stderr: "" });
      const { valid, diagnostics } = JSON.parse(run(stack, "validate", "-json").stdout);
      expect({ stack, valid, diagnostics }).toEqual({ stack, valid: true, diagnostics: [] });
    }
  });

  test("fails to validate when an attribute is wrong: the judge is awake", () => {
    const wrong = join(folder, "cdktf.out/stacks/wrong");
    mkdirSync(wrong);
    writeFileSync(
      join(wrong, "main.tf.json"),
      JSON.stringify({ resource: { terraform_data: { one: { inputs: 1 } } } }),
    );
    run("wrong", "init", "-backend=false", "-input=false");
    expect(JSON.parse(run("wrong", "validate", "-json").stdout)).toMatchObject({ valid: false, error_count: 1 });
  });
});
