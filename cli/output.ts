import { exitCodes } from "./exit";

/**
 * What happens when nobody takes what is told. A reader who has read enough (`| head`) ends nothing: an application on machines goes on to
 * its end. Where it cannot be written, as on a full disk, that is said once, and the command ends as one that lacked something.
 */
export function toldOrNot(output: NodeJS.WriteStream, errors: NodeJS.WriteStream): void {
  let told = false;
  output.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || told) return;
    told = true;
    errors.write(`what is told cannot be written: ${message.replace(/^\w+: /, "")}\n`);
    process.exitCode = exitCodes.missing;
  });
  errors.on("error", () => {});
}
