import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schemathesis } from "../support/tools";

/** What schemathesis said, and 0 if it found nothing. */
export interface Findings {
  readonly code: number | null;
  readonly output: string;
}

/** Tries the API of a service against the OpenAPI document that it serves, with all checks and those of hooks.py. */
export function runSchemathesis(url: string, options: readonly string[]): Promise<Findings> {
  const python = join(schemathesis.folder, "bin", "python");
  const config = join(__dirname, "schemathesis.toml");
  // It keeps what it found in the folder that it runs in.
  const cwd = mkdtempSync(join(tmpdir(), "callhome-schemathesis-"));
  const child = spawn(
    python,
    ["-m", "schemathesis.cli", "--config-file", config, "run", `${url}/openapi.json`, "--no-color", ...options],
    {
      cwd,
      env: { ...process.env, SCHEMATHESIS_HOOKS: "hooks", PYTHONPATH: __dirname, PYTHONDONTWRITEBYTECODE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      rmSync(cwd, { recursive: true, force: true });
      resolve({ code, output });
    });
  });
}
