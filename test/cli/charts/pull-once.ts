import { pullCharts } from "../../../cli/charts/pull";

/** One pull as a process of its own, so that it can be killed: repository, lock file, folder. */
const [repository = "", lockFile = "", folder = ""] = process.argv.slice(2);
pullCharts({
  charts: [{ chart: "shelf", repository, version: "1.2.3" }],
  lockFile,
  folder,
  record: "all",
  report: (line) => process.stdout.write(`${line}\n`),
});
