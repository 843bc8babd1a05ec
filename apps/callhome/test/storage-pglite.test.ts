import { rmSync } from "node:fs";
import { EmbeddedPostgres } from "../src/storage/pglite";
import { emptyDirectory } from "./support/embedded";
import { storageSuite } from "./support/storage-suite";

describe("storage on PGlite", () => {
  let directory: string;
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  storageSuite(async () => {
    directory = await emptyDirectory();
    return EmbeddedPostgres.open({ directory });
  });

  test("fails to open a directory that this or another process uses", async () => {
    await expect(EmbeddedPostgres.open({ directory })).rejects.toThrow(
      `${directory} is in use by process ${process.pid}`,
    );
  });
});
