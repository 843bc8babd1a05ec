import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../cli/root";

/** The rules of `npm run check` really refuse what they say: tried on a tree of a few wrong files. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-rules-"));
  for (const file of ["biome.json", "lint", ".dependency-cruiser.cjs", "tsconfig.json", ".gitignore"]) {
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  write(
    "stacks/operands.ts",
    `import { Op } from "cdktf";\nexport const wrong = [Op.gt(1, 0), Op.eq("x", ""), Op.and(true, false)];\nexport const right = Op.gt(1, 2);\n`,
  );
  write("stacks/barrel.ts", 'import { vpc } from "@cdktf/provider-aws";\nexport const network = vpc;\n');
  write("stacks/cdk8s.ts", 'import { Chart } from "cdk8s";\nexport const chart = Chart;\n');
  write("platform/any.ts", "export const anything: any = 1;\n");
  write("platform/environment.ts", "export const home = process.env.HOME;\n");
  write("platform/reads.ts", 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n');
  write("platform/up.ts", 'import { chart } from "../stacks/cdk8s";\nexport const up = chart;\n');
  write("environments/clever.ts", 'import { up } from "../platform/up";\nexport const clever = up;\n');
  write("cli/environment.ts", "export const home = process.env.HOME;\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

function run(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", program), args, {
    cwd: folder,
    encoding: "utf8",
  });
  return stdout + stderr;
}

test("lint fails for any, process.env, the AWS barrel and falsy operands of Op, and for nothing else", () => {
  const found = run("biome", "lint", "--max-diagnostics=100", ".").matchAll(/^(\S+\.ts):(\d+):\d+ (\S+)/gm);
  expect([...found].map(([, file, line, rule]) => `${file}:${line} ${rule}`).sort()).toEqual([
    "platform/any.ts:1 lint/suspicious/noExplicitAny",
    "platform/environment.ts:1 lint/style/noProcessEnv",
    "stacks/barrel.ts:1 lint/style/noRestrictedImports",
    "stacks/operands.ts:2 plugin",
    "stacks/operands.ts:2 plugin",
    "stacks/operands.ts:2 plugin",
  ]);
});

test("the table of rooms fails for every import that it does not list", () => {
  const found = run(
    "depcruise",
    "--config",
    ".dependency-cruiser.cjs",
    "environments",
    "platform",
    "stacks",
    "cli",
  ).matchAll(/error (\S+): (\S+) → (\S+)/g);
  expect([...found].map(([, rule, from]) => `${rule}: ${from}`).sort()).toEqual([
    "room-platform: platform/reads.ts",
    "room-platform: platform/up.ts",
    "room-stacks: stacks/barrel.ts",
    "room-stacks: stacks/cdk8s.ts",
    "user-edits-environments-only: environments/clever.ts",
  ]);
});
