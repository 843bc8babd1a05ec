import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sentence } from "../../platform/shared/problems";
import { command } from "../support/command";
import { notInData } from "../support/editable-paths";
import { changed, examples, problemsOf, refusals } from "../support/environments";
import { invalidCases } from "../support/invalid-environments";

const images = { "start-page": "0", callhome: "0" };

describe("an environment that is wrong", () => {
  test.each(invalidCases)("fails for $title", ({ of, change, refusal }) => {
    const spec = changed(of, change);
    const problems = problemsOf(spec, images);
    expect(problems.map(sentence)).toEqual([refusal]);
    // A place that its reader finds in the data, or may write there.
    expect(problems.map((one) => notInData(one, spec))).toEqual([undefined]);
    const [{ rule, cure } = { rule: "", cure: "" }] = problems;
    expect({ rule, cure }).toEqual({ rule: expect.stringMatching(/.{10}/), cure: expect.stringMatching(/.{5}/) });
  });

  test("is told all of its problems at once, of every part, in the order of the parts", () => {
    const spec = changed("onprem", (draft) => {
      draft.state = { kind: "gcs" };
      draft.network.domain = "corp";
      draft.access.namespaces["dev-apps"].team = "devs";
      draft.registry.host = "https://harbor";
    });
    expect(problemsOf(spec).map(({ path }) => path)).toEqual([
      "onprem.state.kind",
      "onprem.network.domain",
      "onprem.access.namespaces.dev-apps.team",
      "onprem.registry.host",
    ]);
  });

  test("never repeats what may be a secret", () => {
    // Which they are is what the tests above hold.
    expect(invalidCases.map(({ refusal }) => refusal).join("\n")).not.toContain("hunter2");
  });
});

describe("an environment that is right", () => {
  test.each(Object.values(examples))("$name is accepted", (spec) => {
    expect(refusals(spec, images)).toEqual([]);
  });
});

describe("the command, given wrong data", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs `synth` on environments of the test's own, with output below the test's folder. */
  function synth(...environments: object[]) {
    const data = join(folder, "environments");
    mkdirSync(data);
    writeFileSync(join(data, "index.ts"), `export const environments = ${JSON.stringify(environments)};\n`);
    return command(["synth"], {
      HOME: folder,
      BASTIDE_ENVIRONMENTS: data,
      CDKTF_OUTDIR: join(folder, "out"),
      CDK8S_OUTDIR: join(folder, "dist"),
    });
  }

  test("fails with exit code 1, every sentence, no stack trace and no output", async () => {
    const wrongNetwork = changed("onprem", (draft) => (draft.network.domain = "corp"));
    const wrongApp = changed("local", (draft) => (draft.apps["start-page"].replicas = 0));
    const { status, stderr, stdout } = await synth(wrongNetwork, wrongApp, examples.aws);
    expect(stderr.trim().split("\n")).toEqual([
      "onprem: 1 problem",
      expect.stringContaining('onprem.network.domain is "corp"'),
      "",
      "local: 1 problem",
      expect.stringContaining("local.apps.start-page.replicas is 0"),
    ]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(readdirSync(folder)).toEqual(["environments"]);
  });

  test("fails for two environments of one name", async () => {
    const { status, stderr } = await synth(examples.local, examples.local);
    expect(stderr).toContain(
      'local.name is "local", but another environment has this name: give each environment a name of its own',
    );
    expect(status).toBe(1);
    expect(existsSync(join(folder, "dist"))).toBe(false);
  });
});
