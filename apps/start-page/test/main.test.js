import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.js", import.meta.url));

function started(variables) {
  return spawn(process.execPath, [main], {
    env: { HOST: "127.0.0.1", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function textOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

test("serves, and ends with 0 on SIGTERM", async () => {
  const folder = mkdtempSync(join(tmpdir(), "start-page-"));
  writeFileSync(join(folder, "index.html"), "hello");
  const child = started({ PORT: "0", PAGE_FOLDER: folder });
  try {
    const [line] = await once(child.stdout, "data");
    const { port } = JSON.parse(line.toString());
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "hello");
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

test("fails with exit code 1 and one sentence when there is no page", async () => {
  const child = started({ PORT: "0", PAGE_FOLDER: join(tmpdir(), "there-is-no-such-folder") });
  const [message, [code]] = await Promise.all([textOf(child.stderr), once(child, "exit")]);
  assert.equal(code, 1);
  assert.match(message, /no such file or directory/);
  assert.doesNotMatch(message, /^\s+at /m);
});

test("fails with exit code 1 for a port that is none", async () => {
  const child = started({ PORT: "http", PAGE_FOLDER: tmpdir() });
  const [message, [code]] = await Promise.all([textOf(child.stderr), once(child, "exit")]);
  assert.equal(code, 1);
  assert.equal(message, 'PORT is "http", but a port is a number from 0 to 65535\n');
});
