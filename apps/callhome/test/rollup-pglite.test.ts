import { EmbeddedPostgres } from "../src/storage/pglite";
import { emptyDirectory } from "./support/embedded";
import { rollupSuite } from "./support/rollup-suite";

describe("roll-ups on PGlite", () => {
  rollupSuite(async () => EmbeddedPostgres.open({ directory: await emptyDirectory() }), 8);
});
