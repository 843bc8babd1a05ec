import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data } from "../support/aws-stacks";
import type { Draft } from "../support/environments";
import { tier } from "../support/require";
import type { Attributes } from "../support/terraform";

const terraform = process.env.TERRAFORM_BINARY_NAME || "terraform";
const lacking = {
  name: "Terraform",
  cure: "install Terraform 1.11 or newer",
  neededBy: "testbed",
} as const;

/** Terraform's own judgement on the guard of what is kept; the things themselves are stood in for, so that no AWS is needed. */
tier("terraform", spawnSync(terraform, ["version"]).status === 0 ? [] : [lacking])("an entry of something kept", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "bastide-kept-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(...args: string[]) {
    // Whatever the user's own file of settings says, nothing is to be downloaded here.
    const env = { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    const { status, stdout, stderr } = spawnSync(terraform, args, { cwd: folder, env, encoding: "utf8" });
    // Terraform breaks its lines where its terminal ends.
    return { status, said: `${stdout}${stderr}`.replace(/\s*\n[│\s]*/g, " ") };
  }

  /** Applies the guards of the data stack, with something changed in the environment. */
  function apply(change?: (draft: Draft) => void) {
    const { json, movedGuards } = data(change);
    const blocks = Object.entries(json.resource.terraform_data as Record<string, Attributes>);
    const guards = blocks.map(([name, { depends_on: _, ...block }]) => [name, block]);
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({ resource: { terraform_data: Object.fromEntries(guards) }, moved: movedGuards }),
    );
    run("init", "-input=false", "-no-color");
    return run("apply", "-auto-approve", "-input=false", "-no-color");
  }

  const disposable = (bucket: string) => (draft: Draft) => (draft.storage.buckets[bucket].removal = "destroy");
  const without = (draft: Draft) => (draft.storage.buckets = {});

  test("fails to be taken out while it is kept, and nothing is done", () => {
    expect(apply()).toMatchObject({ status: 0 });
    const { status, said } = apply(without);
    expect(status).toBe(1);
    expect(said).toContain('terraform_data.kept["aws_s3_bucket.backups"] has lifecycle.prevent_destroy set');
    expect(said).not.toContain("Destroying...");
  });

  test("may be taken out once it was deployed as disposable", () => {
    apply();
    expect(apply(disposable("backups")).said).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
    expect(apply(without).said).toContain("Resources: 0 added, 0 changed, 1 destroyed.");
  });

  test("that is to be kept after all is guarded again, and nothing is replaced", () => {
    apply(disposable("backups"));
    expect(apply().said).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
    expect(apply(without).said).toContain(
      'terraform_data.kept["aws_s3_bucket.backups"] has lifecycle.prevent_destroy set',
    );
  });

  test("changes places with another, and nothing is replaced", () => {
    const two = (removed: "backups" | "logs") => (draft: Draft) => {
      const { backups } = draft.storage.buckets;
      draft.storage.buckets = { backups, logs: { ...backups, name: undefined } };
      disposable(removed)(draft);
    };
    apply(two("backups"));
    expect(apply(two("logs")).said).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
  });

  test.each([
    ["kept", "kept"],
    ["kept", "disposable"],
    ["disposable", "kept"],
    ["disposable", "disposable"],
  ])("is renamed without a word, from %s to %s", (before, afterwards) => {
    apply(before === "kept" ? undefined : disposable("backups"));
    const renamed = apply((draft) => {
      const { backups } = draft.storage.buckets;
      draft.storage.buckets = { archive: { ...backups, formerly: "backups", name: "aws-backups-123456789012" } };
      if (afterwards === "disposable") disposable("archive")(draft);
    });
    expect(renamed.said).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
  });
});
