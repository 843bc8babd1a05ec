import { spawnSync } from "node:child_process";
import { ROOT } from "../../cli/root";

const started = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", script, ...args], { cwd: ROOT, encoding: "utf8" });

test.each([
  ["cli/check-cdktn.ts", "npm run check:cdktn"],
  ["cli/complete-lock.ts", "npm run lock"],
])("%s answers --help and wrong usage, and does nothing then", (script, name) => {
  const help = started(script, "--help");
  expect({ status: help.status, stdout: help.stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining(`Usage: ${name} -- [options]`),
  });
  const wrong = started(script, "--fast");
  expect({ status: wrong.status, stdout: wrong.stdout, stderr: wrong.stderr }).toEqual({
    status: 2,
    stdout: "",
    stderr: "error: unknown option '--fast'\n",
  });
});
