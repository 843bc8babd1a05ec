/** Something that whoever called must mend: what is wrong, and how. Told in one line, without a stack trace. */
export class Refusal extends Error {
  /** @param {string} what @param {string} cure @param {number} exitCode 1 the storage is wrong, 2 the command, 3 the machine */
  constructor(what, cure, exitCode = 1) {
    super(`${what}: ${cure}`);
    this.name = "Refusal";
    this.exitCode = exitCode;
  }
}

/** What an error of the file system means here. */
const MEANINGS = {
  ENOSPC: ["the disk is full", "make room, or claim a larger volume"],
  EDQUOT: ["the quota is used up", "make room, or raise the quota"],
  EROFS: ["the volume is read-only", "mount it with rw, and look why it is not"],
  EACCES: ["this user may not write there", "give the folder to the user, e.g. with fsGroup"],
  ENOENT: ["the test file vanished while it was measured", "let nobody else work in that folder"],
  ESTALE: ["the server has forgotten the file", "mount the volume again"],
  EIO: ["the device answers with errors", "look at the kernel's log and at the storage's health"],
};

/** @param {NodeJS.ErrnoException} error @param {string} step */
export function explained(error, step) {
  if (error instanceof Refusal) return error;
  const [what, cure] = MEANINGS[error.code] ?? [error.message, "look at the kernel's log"];
  return new Refusal(`${step} failed (${error.code ?? "no code"}): ${what}`, cure);
}
