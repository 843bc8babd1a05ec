import { RetryLog } from "../src/operations/retry-log";

test("the reason why flushes are repeated is logged at once, then every ten seconds with how often", () => {
  let now = 0;
  const lines: unknown[] = [];
  const log = new RetryLog({ warn: (fields: unknown) => lines.push(fields) } as never, () => now);
  const full = Object.assign(new Error("could not extend file: No space left on device"), { code: "53100" });
  for (now = 0; now <= 12_000; now += 1_000) {
    log.note(full);
  }
  expect(lines).toEqual([
    { error: full.message, code: "53100", times: 1 },
    { error: full.message, code: "53100", times: 10 },
  ]);
});
