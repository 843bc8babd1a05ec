import { EmbeddedPostgres } from "../src/storage/pglite";
import { rollupSuite } from "./support/rollup-suite";

describe("roll-ups on PGlite", () => {
  rollupSuite(() => EmbeddedPostgres.open(), 8);
});
