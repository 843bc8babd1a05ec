import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { toldOrNot } from "../../cli/output";
import { ROOT } from "../../cli/root";

test("a command whose reader has read enough ends as it would have, without a word", async () => {
  const command = spawn(process.execPath, ["--import", "tsx", "cli/bastide.ts", "--help"], { cwd: ROOT });
  // As `| head` does when it has its lines, or `| grep -q` at the first that fits.
  command.stdout.destroy();
  let said = "";
  command.stderr.on("data", (text) => (said += text));
  const [status] = await once(command, "close");
  expect({ status, said }).toEqual({ status: 0, said: "" });
});

describe("what is told where it cannot be written", () => {
  const { exitCode } = process;
  afterEach(() => {
    process.exitCode = exitCode;
  });

  function failing(...codes: string[]): { code: typeof process.exitCode; said: string } {
    const [output, errors] = [new PassThrough(), new PassThrough()];
    process.exitCode = 0;
    toldOrNot(output as unknown as NodeJS.WriteStream, errors as unknown as NodeJS.WriteStream);
    for (const code of codes)
      output.emit("error", Object.assign(new Error(`${code}: no space left on device, write`), { code }));
    const code = process.exitCode;
    process.exitCode = exitCode;
    return { code, said: String(errors.read() ?? "") };
  }

  test("fails with 3 on a full disk, and is said once", () =>
    expect(failing("ENOSPC", "ENOSPC")).toEqual({
      code: 3,
      said: "what is told cannot be written: no space left on device, write\n",
    }));

  test("is nothing where a reader has gone", () => expect(failing("EPIPE")).toEqual({ code: 0, said: "" }));
});
