import { cpSync, existsSync, mkdtempSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dependencies } from "../../package.json";
import { EmbeddedPostgres } from "../../src/storage/pglite";

const version = (dependencies as Record<string, string>)["@electric-sql/pglite"];
const TEMPLATE = join(__dirname, "..", "..", ".cache", `pglite-${version}`);

/** A temporary directory with an empty PGlite database. Making one takes seconds, so the first one is kept and copied. */
export async function emptyDirectory(): Promise<string> {
  if (!existsSync(TEMPLATE)) {
    const draft = mkdtempSync(join(tmpdir(), "callhome-template-"));
    await (await EmbeddedPostgres.open({ directory: draft })).close();
    cpSync(draft, `${TEMPLATE}.${process.pid}`, { recursive: true });
    try {
      renameSync(`${TEMPLATE}.${process.pid}`, TEMPLATE);
    } catch {
      // another test was faster
    }
  }
  const directory = mkdtempSync(join(tmpdir(), "callhome-pglite-"));
  cpSync(TEMPLATE, directory, { recursive: true });
  return directory;
}
