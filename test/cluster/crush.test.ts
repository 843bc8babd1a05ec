import { ByteSize } from "../../platform/shared/quantities";
import { becomesWhole, givenUp } from "../../platform/storage/ceph/placement";
import { badMappings, PLACEMENTS, type Shape } from "../support/crush";
import { tier } from "../support/require";
import { cephNeeds } from "./support/ceph-needs";

const MOST_HOSTS = 8;
const MOST_OSDS = 4;
const MOST_COPIES = 5;

/** OSDs of every cluster of up to eight hosts with one to four of them each; hosts in whatever order are the same cluster. */
function counts(hosts: number, least = 1): number[][] {
  if (hosts === 0) return [[]];
  return Array.from({ length: MOST_OSDS - least + 1 }, (_, more) => least + more).flatMap((osds) =>
    counts(hosts - 1, osds).map((rest) => [osds, ...rest]),
  );
}

/** Disks of sizes that a company buys over the years, in turn. */
const SIZES = [1, 2, 4, 1, 8];

interface Question {
  readonly shape: Shape;
  readonly lost: number | undefined;
}

const questions: Question[] = Array.from({ length: MOST_HOSTS }, (_, hosts) => counts(hosts + 1))
  .flat()
  .flatMap((osds) => {
    const alike: Shape = osds.map((count) => Array<number>(count).fill(1));
    const unequal: Shape = osds.map((count, host) =>
      Array.from({ length: count }, (_, disk) => SIZES[(host + disk) % 5]!),
    );
    // The last host has most OSDs: it is the greatest loss. A cluster of one host has nothing left then.
    const losses = osds.length === 1 ? [undefined] : [undefined, osds.length - 1];
    return [alike, unequal].flatMap((shape) => losses.map((lost) => ({ shape, lost })));
  });

interface Answer {
  readonly question: Question;
  readonly copies: number;
  readonly ours: boolean;
  readonly bad: number;
}

async function answersTo(question: Question): Promise<Answer[]> {
  const { shape, lost } = question;
  const domains = shape.map((weights, host) => ({
    name: `h${host}`,
    devices: weights.map((tebibytes) => ({ size: ByteSize.gibibytes(1024 * tebibytes) })),
  }));
  const bad = await badMappings(shape, MOST_COPIES, lost);
  return bad.map((count, index) => ({
    question,
    copies: index + 1,
    ours: becomesWhole(domains, index + 1, lost === undefined ? [] : [`h${lost}`]),
    bad: count,
  }));
}

/** Share of placements that the model expects CRUSH to give up on. */
function expected({ question: { shape, lost }, copies }: Answer): number {
  const weights = shape.map((osds) => osds.reduce((sum, next) => sum + next, 0));
  const alive = weights.filter((_, host) => host !== lost);
  return givenUp(alive, copies, lost === undefined ? 0 : weights[lost]);
}

/** An answer as one line, for messages of failing tests. */
function line({ question: { shape, lost }, copies, ours, bad }: Answer): string {
  const loss = lost === undefined ? "" : ` without host ${lost}`;
  return `${JSON.stringify(shape)}${loss}, ${copies} copies: we say ${ours ? "whole" : "not whole"}, crushtool ${bad} bad`;
}

tier("ceph", cephNeeds("ceph-base"))("placement, held against crushtool", () => {
  let answers: Answer[];

  beforeAll(async () => {
    answers = [];
    const waiting = [...questions];
    const worker = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) answers.push(...(await answersTo(next)));
    };
    await Promise.all([worker(), worker()]);
  });

  const disagreeing = () => answers.filter(({ ours, bad }) => ours !== (bad === 0));

  it("asks about every cluster of up to eight hosts with one to four OSDs, of one size and of several, whole and with a loss", () => {
    expect(questions).toHaveLength(4 * 2 + (494 - 4) * 4);
    expect(answers).toHaveLength(questions.length * MOST_COPIES);
  });

  it("agrees wherever there are fewer hosts than copies: every placement is bad", () => {
    const few = answers.filter(({ question: { shape, lost }, copies }) => {
      return shape.length - (lost === undefined ? 0 : 1) < copies;
    });
    expect(few.length).toBeGreaterThan(500);
    expect(few.filter(({ ours, bad }) => ours || bad !== PLACEMENTS).map(line)).toEqual([]);
  });

  it("calls a cluster whole that is not as seldom as the rule allows: one placement in ten thousand", () => {
    const wrong = disagreeing().filter(({ ours }) => ours);
    const whole = answers.filter(({ ours }) => ours);
    const foreseen = whole.reduce((sum, answer) => sum + expected(answer) * PLACEMENTS, 0);
    process.stdout.write(
      `crushtool: ${wrong.map(line).join("\n           ") || "nothing"} (${foreseen.toFixed(1)} foreseen)\n`,
    );
    expect(wrong.filter(({ bad }) => bad > 1).map(line)).toEqual([]);
    expect(wrong.length).toBeLessThanOrEqual(Math.ceil(3 * foreseen));
  });

  it("calls a cluster not whole only where crushtool finds bad placements, or would if it tried more", () => {
    const cautious = disagreeing().filter(({ ours }) => !ours);
    process.stdout.write(
      `crushtool: ${answers.length} questions, ${answers.length - disagreeing().length} answered alike, ` +
        `${cautious.length} refused by us of which crushtool found no bad placement among ${PLACEMENTS}\n`,
    );
    // The rule refuses one bad placement in ten thousand; where more than ten were foreseen, none among so many is impossible.
    expect(cautious.filter((answer) => expected(answer) * PLACEMENTS > 10).map(line)).toEqual([]);
    expect(cautious.length / answers.length).toBeLessThan(0.05);
  });

  it("finds bad placements as often as the model expects", () => {
    const partly = answers.filter((answer) => expected(answer) > 0 && expected(answer) < 1);
    const found = partly.reduce((sum, { bad }) => sum + bad, 0);
    const foreseen = partly.reduce((sum, answer) => sum + expected(answer) * PLACEMENTS, 0);
    process.stdout.write(
      `crushtool: ${found} bad placements where hosts were enough, ${foreseen.toFixed(0)} foreseen\n`,
    );
    expect(found).toBeGreaterThan(foreseen / 2);
    expect(found).toBeLessThan(foreseen * 2);
  });
});
