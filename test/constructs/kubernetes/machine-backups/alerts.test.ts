import { objectsOf, only } from "../../../support/kubernetes";
import { type AlertCase, askedOf, promtool } from "../../../support/promtool";
import { tier } from "../../../support/require";

const { groups } = only(objectsOf("onprem"), "PrometheusRule", "machine-backups").spec;

const series =
  'bastide_backup_last_success_timestamp_seconds{backup="harbor", name="images", instance="10.10.1.21:9100"}';
const labels = { backup: "harbor", name: "images", instance: "10.10.1.21:9100" };
/** Its clock starts at 1970: this backup was made in its first minute. */
const once = [{ series, values: "60x6000" }];

const cases: readonly AlertCase[] = [
  {
    title: "a backup of two days ago",
    series: once,
    every: "10m",
    at: "48h",
    alert: "MachineBackupLate",
    fires: [
      {
        severity: "critical",
        description:
          "The last backup of images (harbor on machine harbor) that succeeded is 1d 23h 59m 0s old. It is made every day.",
        labels,
      },
    ],
  },
  { title: "a backup of yesterday", series: once, every: "10m", at: "35h", alert: "MachineBackupLate", fires: [] },
  {
    title: "none that ever succeeded is not late",
    series: [{ series, values: "0x6000" }],
    every: "10m",
    at: "48h",
    alert: "MachineBackupLate",
    fires: [],
  },
  {
    title: "none since it was set up",
    series: [{ series, values: "0x6000" }],
    at: "2h",
    alert: "MachineBackupNeverSucceeded",
    fires: [
      {
        severity: "critical",
        description: "No backup of images (harbor on machine harbor) has succeeded since it was set up.",
        labels,
      },
    ],
  },
  { title: "one that succeeded", series: once, at: "2h", alert: "MachineBackupNeverSucceeded", fires: [] },
  {
    title: "a machine that tells nothing",
    series: [{ series: 'up{instance="10.10.1.21:9100"}', values: "1x6000" }],
    at: "2h",
    alert: "MachineBackupUnwatched",
    fires: [
      {
        severity: "critical",
        description:
          "The machine of images (harbor on machine harbor) has told nothing of its backup for an hour: no other alert of it can fire.",
        labels: { backup: "harbor", name: "images" },
      },
    ],
  },
  { title: "a machine that tells", series: once, at: "2h", alert: "MachineBackupUnwatched", fires: [] },
];

tier("promtool", promtool)("alerts of machines' backups, asked of promtool", () => {
  test.each(cases)("$alert: $title", (one) => {
    expect(askedOf(groups, one, "machine-backups")).toEqual({ status: 0, said: "" });
  });
});

test("every alert is asked about", () => {
  const alerts = groups[0].rules.map(({ alert }: { alert: string }) => alert);
  expect([...new Set(cases.map(({ alert }) => alert))].sort()).toEqual(alerts.sort());
});

test("an environment without such a backup has none", () => {
  expect(objectsOf("aws").filter(({ metadata }) => metadata.name === "machine-backups")).toEqual([]);
});
