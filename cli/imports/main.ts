import { join } from "node:path";
import { Command } from "commander";
import { imports } from "./imports";

const USAGE_ERROR = 2;

const command = new Command("imports")
  .description("Makes CRDs, strict schemas and types under constructs/imports/ from upstream files.")
  .option(
    "--crds <dir>",
    "folder of upstream CRD files, <name>-<version>/ each (default: $BASTIDE_CRDS)",
    process.env.BASTIDE_CRDS,
  )
  .option("--openapi <file>", "output of `kubectl get --raw /openapi/v2`, for the built-in kinds")
  .option("--check", "write nothing; exit 1 if the committed files differ", false)
  .addHelpText(
    "after",
    "\nExit codes: 0 done or equal, 1 files differ or input is wrong, 2 wrong usage, 3 input is missing",
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR))
  .parse();

const { crds, openapi, check } = command.opts<{ crds?: string; openapi?: string; check: boolean }>();
const root = join(__dirname, "..", "..", "constructs", "imports");
const { exitCode, lines } = imports({ root, crds: crds || undefined, openapi, check });
(exitCode === 0 ? console.log : console.error)(lines.join("\n"));
process.exitCode = exitCode;
