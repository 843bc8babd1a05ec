import type { HealthReport } from "./health";

/** The report as a page for people: tables, no script, no style that is not the browser's own. */
export function healthPage(report: HealthReport): string {
  const { database, disk, queue, schema } = report;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Callhome: ${report.status}</title>
<h1>Callhome is ${report.status === "ok" ? "well" : "degraded"}</h1>
${table([
  ["Instance", report.instance],
  ["Version", `${report.version} (${report.commit})`],
  ["Up", `${report.upSeconds} s`],
  ["Ready", report.ready ? "yes" : `no: ${report.reason}`],
  [
    "Database",
    database.connected
      ? `${database.kind} ${database.version}, ${database.milliseconds} ms`
      : `${database.kind}, not connected: ${database.error}`,
  ],
  [
    "Durability",
    database.durability === "process" ? "process: survives a crash of the service, not a power cut" : "power cut",
  ],
  ["Schema", schema ? `${schema.version} (this release needs ${schema.wanted})` : "unknown"],
  ["Disk", disk.ok ? `${disk.path}: written and read in ${disk.milliseconds} ms` : `${disk.path}: ${disk.error}`],
  ["Queue", `${queue.calls} calls, ${queue.bytes} bytes`],
])}
<h2>Today</h2>
${table(report.today.map(({ product, calls, instances }) => [product, `${calls} calls, ${instances} instances`]))}
<h2>Refused today</h2>
${table(report.refusedToday.map(({ source, product, reason, calls }) => [`${source} ${product}`, `${reason}: ${calls}`]))}
<h2>Jobs</h2>
${table(report.jobs.map(({ name, finishedAt, ok }) => [name, `${finishedAt}: ${ok ? "ok" : "failed"}`]))}
<h2>Country data</h2>
${table(report.countryData.map(({ name, attribution }) => [name, attribution]))}
</html>`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  return `<table>${rows.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}<td>${escapeHtml(value)}`).join("")}</table>`;
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
