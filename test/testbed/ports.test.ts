import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takePorts } from "./ports";
import { writeRecord } from "./record";

let home: string;
const before = { ...process.env };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bastide-ports-"));
  process.env.XDG_CACHE_HOME = join(home, "cache");
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(home, { recursive: true });
  process.env = { ...before };
});

/** The port of a testbed that is not started yet, and whose state lies here. */
async function portIn(state: string): Promise<number> {
  process.env.XDG_STATE_HOME = join(home, state);
  const { api } = await takePorts(["api"], (ports) =>
    writeRecord({ name: "one", level: 1, created: 0, ports, processes: [], ready: false }),
  );
  return api;
}

/** Has chance choose this port. */
const choose = (port: number) => jest.spyOn(Math, "random").mockReturnValueOnce((port - 20000 + 0.5) / 12000);

describe("a port", () => {
  it.each(["the same folder", "another folder"])("is no second testbed's, whose state lies in %s", async (place) => {
    const first = await portIn("one folder");
    choose(first);
    expect(await portIn(place === "the same folder" ? "one folder" : place)).not.toBe(first);
  });

  it("is another's once its testbed is gone", async () => {
    const first = await portIn("one folder");
    rmSync(join(home, "one folder"), { recursive: true });
    choose(first);
    expect(await portIn("another folder")).toBe(first);
  });
});
