import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../../assembly/digest";
import { type PullOptions, pullCharts } from "../../../cli/charts/pull";
import { ROOT } from "../../../cli/root";
import { archiveOf, type Publisher, publisher } from "./publisher";

let from: Publisher;
let folder: string;
let lockFile: string;
let archives: string;
const lines: string[] = [];

beforeEach(async () => {
  from = await publisher();
  folder = mkdtempSync(join(tmpdir(), "bastide-charts-"));
  lockFile = join(folder, "charts.lock.json");
  archives = join(folder, "archives");
  lines.length = 0;
});
afterEach(async () => {
  await from.close();
  rmSync(folder, { recursive: true });
});

const shelf = () => ({ chart: "shelf", repository: from.address, version: "1.2.3" });
const pull = (options: Partial<PullOptions> = {}) =>
  pullCharts({
    charts: [shelf()],
    lockFile,
    folder: archives,
    record: [],
    report: (line) => lines.push(line),
    ...options,
  });
const lock = () => JSON.parse(readFileSync(lockFile, "utf8"));
const lockAs = (digest: string, version = "1.2.3") =>
  writeFileSync(lockFile, JSON.stringify({ shelf: { version, digest } }));
const messages = async (options: Partial<PullOptions> = {}) => (await pull(options)).problems;

test("a chart is recorded once with its digest, and then held to it", async () => {
  expect(await pull({ record: ["shelf"] })).toMatchObject({ fetched: 1, recorded: ["shelf"], problems: [] });
  expect(lock()).toEqual({ shelf: { version: "1.2.3", digest: sha256(from.archive) } });
  expect(readFileSync(join(archives, "shelf-1.2.3.tgz"))).toEqual(from.archive);
  expect(lines).toEqual([`1/1  shelf 1.2.3  fetched, and recorded as ${sha256(from.archive)}`]);
  rmSync(archives, { recursive: true });
  expect(await pull()).toMatchObject({ fetched: 1, recorded: [], problems: [] });
});

test("a second run downloads nothing", async () => {
  await pull({ record: "all" });
  from.asked.length = 0;
  expect(await pull()).toEqual({ fetched: 0, present: 1, recorded: [], problems: [] });
  expect(from.asked).toEqual([]);
});

test("an archive that somebody changed in the folder is fetched again", async () => {
  await pull({ record: "all" });
  writeFileSync(join(archives, "shelf-1.2.3.tgz"), archiveOf("another chart"));
  expect(await pull()).toMatchObject({ fetched: 1, present: 0, problems: [] });
  expect(readFileSync(join(archives, "shelf-1.2.3.tgz"))).toEqual(from.archive);
});

test("a chart in a registry is pulled by its tag, with the token that the registry gives anybody", async () => {
  const charts = [{ ...shelf(), repository: from.registry }];
  expect(await pull({ charts, record: "all" })).toMatchObject({ fetched: 1, problems: [] });
  expect(lock().shelf.digest).toBe(sha256(from.archive));
  expect(from.asked[1]).toBe("/token?service=registry&scope=repository%3Aproject%2Fshelf%3Apull");
});

test("fails where the archive is not the one of the lock file, and keeps nothing of it", async () => {
  const other = sha256(archiveOf("what was there before"));
  lockAs(other);
  const [problem] = await messages();
  expect(problem).toMatchObject({ kind: "refused" });
  expect(problem?.message).toMatch(
    `shelf 1.2.3: the archive is ${sha256(from.archive)}, but ${lockFile} has ${other}: somebody exchanged it under the same version.`,
  );
  expect(readdirSync(archives)).toEqual([]);
  expect(lock().shelf.digest).toBe(other);
});

test("fails where the archive is exchanged, even for whoever records", async () => {
  lockAs(sha256(archiveOf("what was there before")));
  expect(await messages({ record: "all" })).toMatchObject([{ kind: "refused" }]);
});

test("fails where the archive is not what the repository's own index says, even for whoever records", async () => {
  from.stated = "0".repeat(64);
  expect(await messages({ record: "all" })).toMatchObject([
    {
      message: expect.stringContaining(
        `the archive is ${sha256(from.archive)}, and ${from.address}/index.yaml itself says sha256:${"0".repeat(64)}`,
      ),
    },
  ]);
  expect(existsSync(lockFile)).toBe(false);
});

test("fails where the registry sends another archive than its manifest names", async () => {
  from.archive = archiveOf("another chart");
  const charts = [{ ...shelf(), repository: from.registry }];
  expect(await messages({ charts, record: "all" })).toMatchObject([
    { message: expect.stringContaining("and the registry itself says sha256:") },
  ]);
});

test("fails where nobody has recorded the chart, and downloads nothing", async () => {
  expect(await messages()).toEqual([
    {
      kind: "refused",
      message:
        "shelf 1.2.3: the lock file has nothing of it, so nobody can say whether an archive is the right one: npm run charts:pull -- --record shelf, compare the digest with what its publisher states, and commit the lock file",
    },
  ]);
  expect(from.asked).toEqual([]);
});

test("fails where another version was recorded", async () => {
  lockAs(sha256(from.archive), "1.2.2");
  expect(await messages()).toMatchObject([{ message: expect.stringContaining("the lock file has version 1.2.2, so") }]);
});

test.each([
  [
    "a version that is not there",
    { version: "9.9.9" },
    " has no version 9.9.9 of it: choose one that is there (1.2.3, 1.2.2 ...)",
  ],
  ["a chart that is not there", { chart: "table" }, " has no chart table: correct its name or repository"],
  [
    "a version whose archive is gone",
    { version: "1.2.2" },
    "shelf-1.2.2.tgz answered 404 Not Found: correct the repository or the version",
  ],
])("fails for %s", async (_title, change, message) => {
  const problems = await messages({ charts: [{ ...shelf(), ...change }], record: "all" });
  expect(problems).toMatchObject([{ kind: "refused", message: expect.stringContaining(message) }]);
});

test("fails where a page that is no archive comes instead", async () => {
  from.archive = Buffer.from("<html>please sign in</html>");
  from.stated = undefined;
  expect(await messages({ record: "all" })).toMatchObject([
    { message: expect.stringContaining("answered with something that is no archive") },
  ]);
});

test("fails where nobody answers, and says that it may be the network; other charts come all the same", async () => {
  const away = { chart: "away", repository: "http://127.0.0.1:1/charts", version: "1.0.0" };
  expect(await pull({ charts: [away, shelf()], record: "all" })).toMatchObject({
    fetched: 1,
    problems: [
      {
        kind: "unreachable",
        message: expect.stringMatching(
          /^away 1\.0\.0: http:\/\/127\.0\.0\.1:1\/charts\/index\.yaml cannot be read \(bad port\): try again; behind a proxy set/,
        ),
      },
    ],
  });
});

test("fails where the server is ill, which may pass", async () => {
  from.status = 503;
  expect(await messages({ charts: [{ ...shelf(), version: "1.2.2" }], record: "all" })).toMatchObject([
    {
      kind: "unreachable",
      message: expect.stringContaining("answered 503: its server is ill or busy; try again later"),
    },
  ]);
});

test("a run that is killed leaves nothing half written, and the next one brings everything", async () => {
  from.stuck = true;
  from.archive = Buffer.concat([from.archive, Buffer.alloc(1000)]);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "pull-once.ts"), from.address, lockFile, archives],
    { cwd: ROOT, stdio: "ignore" },
  );
  while (!from.asked.includes("/charts/files/shelf-1.2.3.tgz")) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(readdirSync(archives)).toEqual([]);
  expect(existsSync(lockFile)).toBe(false);

  // What a run leaves that is killed while it writes.
  writeFileSync(join(archives, ".shelf-1.2.3.tgz.1.unfinished"), "half");
  from.stuck = false;
  from.archive = archiveOf("a chart");
  expect(await pull({ record: "all" })).toMatchObject({ fetched: 1, problems: [] });
  expect(readdirSync(archives)).toEqual(["shelf-1.2.3.tgz"]);
});
