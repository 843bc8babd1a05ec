import { spawnSync } from "node:child_process";
import { join } from "node:path";

const MAIN = join(__dirname, "..", "..", "..", "cli", "imports", "main.ts");

function run(...argv: readonly string[]) {
  const env = { ...process.env, BASTIDE_CRDS: "" };
  return spawnSync(process.execPath, ["--import", "tsx", MAIN, ...argv], { encoding: "utf8", env });
}

test("fails with 2 on an option that does not exist", () => {
  const { status, stderr } = run("--cards", "x");
  expect(status).toBe(2);
  expect(stderr).toContain("error: unknown option '--cards'");
});

test("fails with 3 without any input, and says so on stderr only", () => {
  const { status, stdout, stderr } = run("--check");
  expect(status).toBe(3);
  expect(stdout).toBe("");
  expect(stderr).toContain("nothing to import from: name an input with --crds or --openapi\n");
});
