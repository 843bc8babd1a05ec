import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differences, goldenFiles } from "../../cli/golden";
import { ROOT } from "../../cli/root";
import { output } from "../support/output";

const CANARY = "canary-c1f0a9";

/** Has cdk8s run the program, from its folder, and gives every byte that was written. */
function synthesized(program: string, variables: Record<string, string>, preload: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "bastide-bytes-"));
  try {
    const env = {
      ...process.env,
      ...variables,
      NODE_OPTIONS: `--import=${preload}`,
      CDKTF_OUTDIR: join(folder, "cdktf.out"),
    };
    const args = ["synth", "--no-check-upgrade", "--output", join(folder, "dist")];
    const { status, stderr } = spawnSync(join(ROOT, "node_modules/.bin/cdk8s"), args, {
      cwd: program,
      env,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      files.map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [file.slice(folder.length + 1), readFileSync(file, "utf8")];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Paths of the files in which two outputs differ. */
function differing(one: Map<string, string>, other: Map<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file));
}

describe("the same source gives the same bytes", () => {
  let elsewhere: string;
  /** One run for all tests: `cdk8s synth` runs the program through cdk8s.yaml. */
  let there: Map<string, string>;
  beforeAll(() => {
    elsewhere = mkdtempSync(join(tmpdir(), "bastide elsewhere-"));
    for (const entry of readdirSync(ROOT).filter(
      (name) => !/^(node_modules|cdktf\.out|dist|\.git|\.cache|\.state|test|docs|apps)$/.test(name),
    )) {
      cpSync(join(ROOT, entry), join(elsewhere, entry), { recursive: true });
    }
    mkdirSync(join(elsewhere, "apps"));
    const image = (path: string) => !path.includes("node_modules");
    for (const app of readdirSync(join(ROOT, "apps")))
      cpSync(join(ROOT, "apps", app), join(elsewhere, "apps", app), { recursive: true, filter: image });
    symlinkSync(join(ROOT, "node_modules"), join(elsewhere, "node_modules"));
    const laterByYears = "data:text/javascript,const%20now=Date.now;Date.now=()=>now()+1e11;";
    const canaries = [
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "TF_HTTP_PASSWORD",
      "KUBECONFIG",
      "HARBOR_ADMIN_PASSWORD",
      "USER",
      "HOME",
    ];
    there = synthesized(
      elsewhere,
      {
        ...Object.fromEntries(canaries.map((name) => [name, CANARY])),
        TZ: "Pacific/Kiritimati",
        LANG: "tr_TR.UTF-8",
        LC_ALL: "tr_TR.UTF-8",
      },
      laterByYears,
    );
  });
  afterAll(() => rmSync(elsewhere, { recursive: true }));

  test("whatever the time, the time zone, the locale, the folder or the process's environment, of which nothing is in them", () => {
    const here = new Map(output().files);
    const leaking = [...there].filter(([path, text]) => path.includes(CANARY) || text.includes(CANARY));
    expect(leaking.map(([path]) => path)).toEqual([]);
    expect(here.size).toBeGreaterThan(20);
    expect(differing(here, there)).toEqual([]);
  });

  test("and cdk8s synth, through cdk8s.yaml, the same manifests", () => {
    const manifests = (files: Iterable<[string, string]>) =>
      new Map([...files].filter(([path]) => path.startsWith("dist/")));
    expect(manifests(there).size).toBeGreaterThan(20);
    expect(differing(manifests(output().files), manifests(there))).toEqual([]);
  });
});

test("no placeholder of cdktf reaches a manifest, no path of this machine any file", () => {
  const suspicious = [...output().files].filter(
    ([, text]) => text.includes("TfToken[") || text.includes(ROOT) || text.includes(join(tmpdir(), "bastide")),
  );
  expect(suspicious.map(([path]) => path)).toEqual([]);
});

test("the golden files are as the output; npm run golden rewrites them, to be read in review", () => {
  expect(differences(goldenFiles())).toEqual([]);
});
