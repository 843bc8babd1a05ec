// Loaded into a process of the service before all else: its clock is ahead of the machine's by the milliseconds in the file CLOCK_OFFSET.
const { readFileSync } = require("node:fs");

const RealDate = Date;
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  const asked = performance.now();
  if (asked - readAt > 5) {
    offset = Number(readFileSync(process.env.CLOCK_OFFSET, "utf8"));
    // As old as the question, however long the answer took.
    readAt = asked;
  }
  return RealDate.now() + offset;
}

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
};
