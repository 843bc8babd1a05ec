import { killRounds } from "./support/kill-rounds";

/** `npm run soak`: fifty rounds of what the tests do five times. Takes about ten minutes; exit code 1 if a call was lost. */
async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 50);
  const report = await killRounds(rounds, (text) => console.log(text));
  const replies = [...report.replies].map(([status, times]) => `${status}: ${times}`).join(", ");
  console.log(
    `${report.rounds} rounds, ${report.acknowledged} calls acknowledged: ${report.lost} lost, ${report.doubled} doubled (replies ${replies}; 0 is a broken connection)`,
  );
  process.exitCode = report.lost === 0 && report.doubled === 0 ? 0 : 1;
}

void main();
