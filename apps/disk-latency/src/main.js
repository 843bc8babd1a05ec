import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { compat, extended } from "./cases.js";
import { compare } from "./compare.js";
import { measure } from "./measure.js";
import { Refusal } from "./refusal.js";
import { markdown, prometheus } from "./report.js";
import { svg } from "./svg.js";

const USAGE = `disk-latency measure --directory DIR --expect TYPE [options]
  --directory DIR   folder on the volume; must be where it is mounted
  --mount DIR       where it is mounted, if that is further up
  --expect TYPE     file-system type that it must have, as mountinfo calls it: ext4, ceph, nfs4, fuse.ceph-fuse, ...; with commas
                    between, any of several
  --mode MODE       compat (as the old program did, 1000 runs) or extended (fsync, three sizes, 1 to 16 workers) [compat]
  --runs N          runs of each worker [1000, extended 100]
  --repeats N       the whole measurement N times, cases in an order of chance [5]
  --timeout S       seconds without progress after which the storage counts as hanging [60]
  --label NAME      what the tables call it [the type]
  --format FORMAT   what goes to the screen: table or json [table]
  --json FILE, --markdown FILE, --prometheus FILE   where else to write
disk-latency compare FILE... [--markdown FILE] [--svg FILE]     one table; the first file is the baseline
Exit codes: 0 measured, 1 the storage is wrong, full, read-only or hangs, 2 wrong usage`;

const text = { type: "string" };
const OPTIONS = {
  measure: {
    ...Object.fromEntries(
      ["directory", "mount", "expect", "mode", "runs", "repeats", "timeout", "label"].map((name) => [name, text]),
    ),
    format: text,
    json: text,
    markdown: text,
    prometheus: text,
  },
  compare: { markdown: text, svg: text },
};

async function main([command, ...args]) {
  if (!Object.hasOwn(OPTIONS, command ?? ""))
    throw new Refusal(`there is no command ${command ?? ""}`, `use one of these\n${USAGE}`, 2);
  const { values, positionals } = parsed(args, OPTIONS[command]);
  if (command === "compare") return compareFiles(positionals, values);
  for (const needed of ["directory", "expect"]) {
    if (values[needed] === undefined) throw new Refusal(`--${needed} is missing`, `say it\n${USAGE}`, 2);
  }
  const mode = values.mode ?? "compat";
  if (mode !== "compat" && mode !== "extended")
    throw new Refusal(`there is no mode ${mode}`, "use compat or extended", 2);
  const cases = mode === "compat" ? compat(count(values, "runs", 1000)) : extended(count(values, "runs", 100));
  const result = await measure({
    label: values.label ?? values.expect,
    directory: values.directory,
    mount: values.mount,
    expect: values.expect,
    cases,
    repeats: count(values, "repeats", 5),
    patience: 1000 * count(values, "timeout", 60),
    node: process.env.NODE_NAME ?? hostname(),
    image: process.env.IMAGE ?? "",
  });
  write(values.json, `${JSON.stringify(result, null, 2)}\n`);
  write(values.markdown, `${markdown(result)}\n`);
  write(values.prometheus, prometheus(result));
  process.stdout.write(values.format === "json" ? `${JSON.stringify(result)}\n` : `${markdown(result)}\n`);
}

function compareFiles(files, values) {
  const results = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
  const table = compare(results);
  write(values.markdown, `${table}\n`);
  write(values.svg, results.length === 0 ? "" : svg(results));
  process.stdout.write(`${table}\n`);
}

function parsed(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(error.message, `see\n${USAGE}`, 2);
  }
}

function count(values, name, otherwise) {
  const value = values[name] === undefined ? otherwise : Number(values[name]);
  if (!Number.isInteger(value) || value < 1)
    throw new Refusal(`--${name} is ${values[name]}`, "use a whole number above 0", 2);
  return value;
}

function write(file, content) {
  if (file !== undefined) writeFileSync(file, content);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`disk-latency: ${error instanceof Refusal ? error.message : error.stack}\n`);
  // At once: a child in the middle of a call to dead storage must not keep this process.
  process.exit(error instanceof Refusal ? error.exitCode : 1);
});
