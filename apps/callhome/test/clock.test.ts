import { CLOCK_TOLERANCE, Clock } from "../src/operations/clock";

const MINUTE = 60_000;
/** A clock whose machine and whose database are set by the test. */
function aClock() {
  const time = { wall: 1_000_000_000, steady: 0, database: 1_000_000_000 };
  const db = { query: async <Row>() => [{ now: time.database }] as Row[] };
  const clock = new Clock(
    db,
    () => time.wall,
    () => time.steady,
  );
  const pass = (milliseconds: number) => {
    time.wall += milliseconds;
    time.steady += milliseconds;
    time.database += milliseconds;
  };
  return { time, clock, pass };
}

test("a clock is believed once it agreed with the database's, and while time passes", async () => {
  const { clock, pass } = aClock();
  expect(clock.isRight).toBe(false);
  expect(await clock.compare()).toBe(0);
  pass(40 * 24 * 60 * MINUTE);
  expect(clock.isRight).toBe(true);
});

test.each([40 * 24 * 60 * MINUTE, -40 * 24 * 60 * MINUTE, CLOCK_TOLERANCE, -CLOCK_TOLERANCE])(
  "a jump of %d ms is noticed at once, also before the clocks are compared, and until it is mended",
  async (jump) => {
    const { time, clock } = aClock();
    await clock.compare();
    time.wall += jump;
    expect(clock.isRight).toBe(false);
    expect(await clock.compare()).toBe(jump);
    expect(clock.isRight).toBe(false);
    time.wall -= jump;
    await clock.compare();
    expect(clock.isRight).toBe(true);
  },
);

test("after a sleep of the machine the clock is ahead of the steady one, and right again when compared", async () => {
  const { time, clock } = aClock();
  await clock.compare();
  time.wall += 60 * MINUTE;
  time.database += 60 * MINUTE;
  expect(clock.isRight).toBe(false);
  await clock.compare();
  expect(clock.isRight).toBe(true);
});

test("a clock that creeps is corrected step by step without a stop", async () => {
  const { time, clock } = aClock();
  await clock.compare();
  time.wall += CLOCK_TOLERANCE - 1;
  expect(clock.isRight).toBe(true);
});
