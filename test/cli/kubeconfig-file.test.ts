import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Found } from "../../cli/exit";
import { destinationOf, writeKubeconfig } from "../../cli/kubeconfig-file";

/** A kubeconfig of two clusters, of which the current context chooses one. */
const config = (server: string, token = "t") =>
  JSON.stringify({
    "current-context": "lab",
    contexts: [
      { name: "other", context: { cluster: "other" } },
      { name: "lab", context: { cluster: "lab", user: "lab" } },
    ],
    clusters: [
      { name: "other", cluster: { server: "https://other" } },
      { name: "lab", cluster: { server } },
    ],
    users: [{ name: "lab", user: { token } }],
  });

describe("what a kubeconfig leads to", () => {
  test("is the server of its current context", () =>
    expect(destinationOf(config("https://lab"))).toEqual({ context: "lab", server: "https://lab" }));

  test.each(["", "old", "a: [", "{}", "{current-context: lab, contexts: 3}"])("is nothing for %j", (text) =>
    expect(destinationOf(text)).toBeUndefined(),
  );
});

describe("writing a kubeconfig", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-kubeconfig-"));
    file = join(folder, "lab/kubeconfig");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("makes it for its owner alone", () => {
    expect(writeKubeconfig(file, config("https://lab"), false)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("renews what leads to the same server", () => {
    writeKubeconfig(file, config("https://lab"), false);
    expect(writeKubeconfig(file, config("https://lab", "new"), false)).toBe(true);
    expect(readFileSync(file, "utf8")).toContain('"new"');
  });

  test.each([
    [config("https://lab"), "leads to https://lab, and would lead to https://prod (context lab) instead"],
    ["old", "names no server that could be compared, and would lead to https://prod (context lab) instead"],
  ])("fails over what leads somewhere else, and leaves it: %#", (before, message) => {
    writeKubeconfig(file, before, false);
    const write = () => writeKubeconfig(file, config("https://prod"), false);
    expect(write).toThrow(Found);
    expect(write).toThrow(`${file} ${message}: if that is the cluster you mean, repeat with --force`);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("replaces it by force, and leaves nothing beside it", () => {
    writeKubeconfig(file, "old", false);
    expect(writeKubeconfig(file, config("https://prod"), true)).toBe(true);
    expect(destinationOf(readFileSync(file, "utf8"))?.server).toBe("https://prod");
    expect(existsSync(`${file}.${process.pid}`)).toBe(false);
  });

  test("makes one that others could read its owner's again", () => {
    writeKubeconfig(file, "old", false);
    chmodSync(file, 0o644);
    expect(writeKubeconfig(file, "old", false)).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
