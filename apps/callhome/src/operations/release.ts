import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Which release this is: the version of package.json, and the commit that the image build wrote beside it. */
export const RELEASE: { readonly version: string; readonly commit: string } = {
  version: (JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string })
    .version,
  commit: readCommit(),
};

function readCommit(): string {
  try {
    return readFileSync(join(__dirname, "..", "..", "COMMIT"), "utf8").trim();
  } catch {
    return "not built from a commit";
  }
}
