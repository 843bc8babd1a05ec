import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A cluster as CRUSH sees it: the weights of each host's OSDs. */
export type Shape = readonly (readonly number[])[];

/** How many placements crushtool tries for each number of copies. */
export const PLACEMENTS = 256;

/**
 * Asks crushtool, the program that Ceph's own developers test placements with, how many of {@link PLACEMENTS} placements do not
 * find a host of its own for every copy.
 *
 * @param lost host whose OSDs are out; they keep their weight in the map, as after a real loss
 * @returns that number by copies, from 1 to `most`
 */
export async function badMappings(shape: Shape, most: number, lost?: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "bastide-crush-"));
  try {
    const text = join(folder, "map.txt");
    writeFileSync(text, crushMap(shape, most));
    const out = lost === undefined ? [] : osdsOf(shape, lost).flatMap((osd) => ["--weight", String(osd), "0"]);
    // Without a number of copies it tries all that the rule allows.
    const range = ["--min-x", "0", "--max-x", String(PLACEMENTS - 1)];
    const said = await crushtool(["-c", text, "--test", "--rule", "0", ...range, "--show-bad-mappings", ...out]);
    const counts = Array<number>(most).fill(0);
    for (const [, copies] of said.matchAll(/^bad mapping rule 0 x \d+ num_rep (\d+) /gm)) {
      counts[Number(copies) - 1] = (counts[Number(copies) - 1] ?? 0) + 1;
    }
    return counts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Numbers of a host's OSDs: they are counted through. */
function osdsOf(shape: Shape, host: number): number[] {
  const before = shape.slice(0, host).reduce((sum, osds) => sum + osds.length, 0);
  return (shape[host] ?? []).map((_, index) => before + index);
}

/** The map that Rook's cluster would have: a root, hosts, OSDs, the tunables of today, and a rule with host as failure domain. */
function crushMap(shape: Shape, most: number): string {
  const osds = shape.flat();
  const hosts = shape.map((weights, host) => {
    const items = osdsOf(shape, host).map((osd, index) => `item osd.${osd} weight ${weights[index]}`);
    return `host h${host} { id ${-2 - host} alg straw2 hash 0 ${items.join(" ")} }`;
  });
  const sums = shape.map((weights, host) => `item h${host} weight ${weights.reduce((sum, next) => sum + next, 0)}`);
  return [
    "tunable choose_local_tries 0",
    "tunable choose_local_fallback_tries 0",
    "tunable choose_total_tries 50",
    "tunable chooseleaf_descend_once 1",
    "tunable chooseleaf_vary_r 1",
    "tunable chooseleaf_stable 1",
    "tunable straw_calc_version 1",
    "tunable allowed_bucket_algs 54",
    ...osds.map((_, osd) => `device ${osd} osd.${osd}`),
    "type 0 osd",
    "type 1 host",
    "type 11 root",
    ...hosts,
    `root default { id -1 alg straw2 hash 0 ${sums.join(" ")} }`,
    `rule data { id 0 type replicated min_size 1 max_size ${most} step take default step chooseleaf firstn 0 type host step emit }`,
  ]
    .join("\n")
    .concat("\n");
}

function crushtool(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("crushtool", args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(said) : reject(new Error(`crushtool: ${said}`))));
  });
}
