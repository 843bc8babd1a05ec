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
  for (let step = 0; step < 3; step++) {
    time.wall += CLOCK_TOLERANCE - 1;
    expect(clock.isRight).toBe(true);
    time.database += CLOCK_TOLERANCE - 1;
    await clock.compare();
    expect(clock.isRight).toBe(true);
  }
});

test("a jump while the database is asked is not halved by it", async () => {
  const time = { wall: 1_000_000_000 };
  const db = {
    query: async <Row>() => {
      time.wall += 2 * CLOCK_TOLERANCE - 2;
      return [{ now: 1_000_000_000 }] as Row[];
    },
  };
  const clock = new Clock(
    db,
    () => time.wall,
    () => 0,
  );
  expect(await clock.compare()).toBe(2 * CLOCK_TOLERANCE - 2);
  expect(clock.isRight).toBe(false);
});

test("a jump right after the clocks were compared is not believed", async () => {
  const time = { wall: 1_000_000_000, looks: 0 };
  const db = { query: async <Row>() => [{ now: 1_000_000_000 }] as Row[] };
  // The first reading during the comparison is right, each later one is not.
  const clock = new Clock(
    db,
    () => (time.looks++ === 0 ? time.wall : time.wall + 40 * 24 * 60 * MINUTE),
    () => 0,
  );
  await clock.compare();
  expect(clock.isRight).toBe(false);
});
