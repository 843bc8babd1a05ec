const { chmodSync, mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** Gives a run of jest a temporary folder of its own, which `temporary-end.js` removes. PostgreSQL's user must get through. */
module.exports = async () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "callhome-test-"));
  chmodSync(process.env.TMPDIR, 0o755);
  globalThis.removeTemporary = () => rmSync(process.env.TMPDIR, { recursive: true, force: true });
};
