import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiMarkdown, settingsMarkdown } from "../src/pages/markdown";

/** Writes the pages that are printed from the program. */
const directory = join(__dirname, "..", "..", "..", "docs", "callhome");
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, "settings.md"), settingsMarkdown());
writeFileSync(join(directory, "api.md"), apiMarkdown());
