import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedPostgres } from "../src/storage/pglite";
import { storageSuite } from "./support/storage-suite";

describe("storage on PGlite", () => {
  const directory = mkdtempSync(join(tmpdir(), "callhome-pglite-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  storageSuite(() => EmbeddedPostgres.open({ directory }));

  test("fails to open a directory that this or another process uses", async () => {
    await expect(EmbeddedPostgres.open({ directory })).rejects.toThrow(
      `${directory} is in use by process ${process.pid}`,
    );
  });
});
