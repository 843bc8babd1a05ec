import { production } from "../../../assembly/target";
import { run } from "../../../cli/exit";
import { loadPlatforms } from "../../../cli/load";

/** What the program says of each folder of environments given, and with which exit code: a line of JSON for each. */
async function main(folders: readonly string[]): Promise<void> {
  const { write } = process.stderr;
  for (const folder of folders) {
    let stderr = "";
    process.stderr.write = (text) => {
      stderr += text;
      return true;
    };
    process.exitCode = undefined;
    await run(() => void loadPlatforms({ BASTIDE_ENVIRONMENTS: folder }, production));
    process.stdout.write(`${JSON.stringify({ status: process.exitCode ?? 0, stderr })}\n`);
  }
  process.stderr.write = write;
  process.exitCode = 0;
}

void main(process.argv.slice(2));
