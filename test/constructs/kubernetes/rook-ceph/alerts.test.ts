import { objectsOf, only } from "../../../support/kubernetes";
import { type AlertCase, askedOf, promtool } from "../../../support/promtool";
import { tier } from "../../../support/require";

const { groups } = only(objectsOf("onprem"), "PrometheusRule", "ceph-alerts").spec;

const still = (series: string, value: number) => ({ series, values: `${value}x6000` });
const TEBIBYTE = 2 ** 40;

const cases: readonly AlertCase[] = [
  {
    title: "HEALTH_ERR for five minutes",
    series: [still("ceph_health_status", 2)],
    at: "6m",
    alert: "CephHealthError",
    fires: [{ severity: "critical", description: "The storage cluster has been in HEALTH_ERR for five minutes." }],
  },
  {
    title: "HEALTH_WARN is no error",
    series: [still("ceph_health_status", 1)],
    at: "6m",
    alert: "CephHealthError",
    fires: [],
  },
  {
    title: "HEALTH_WARN that goes by within fifteen minutes",
    series: [{ series: "ceph_health_status", values: "1x10 0x100" }],
    at: "20m",
    alert: "CephHealthWarning",
    fires: [],
  },
  {
    title: "HEALTH_WARN that stays",
    series: [still("ceph_health_status", 1)],
    at: "20m",
    alert: "CephHealthWarning",
    fires: [{ severity: "warning", description: "The storage cluster has been in HEALTH_WARN for fifteen minutes." }],
  },
  {
    title: "a pool of 32 placement groups of which 4 wait for a host",
    series: [
      ...["1", "2"].map((pool) => still(`ceph_pg_total{pool_id="${pool}"}`, 32)),
      still('ceph_pg_active{pool_id="1"}', 32),
      still('ceph_pg_active{pool_id="2"}', 28),
    ],
    at: "6m",
    alert: "CephDataUnavailable",
    fires: [
      {
        severity: "critical",
        description: "4 placement groups have been out of reach for five minutes: whoever asks for their data waits.",
      },
    ],
  },
  {
    title: "a pool of two copies, of which 11 placement groups lost both hosts",
    series: [
      still('ceph_pg_total{pool_id="1"}', 32),
      still('ceph_pg_active{pool_id="1"}', 32),
      still('ceph_pg_stale{pool_id="1"}', 11),
    ],
    at: "6m",
    alert: "CephDataUnavailable",
    fires: [
      {
        severity: "critical",
        description: "11 placement groups have been out of reach for five minutes: whoever asks for their data waits.",
      },
    ],
  },
  {
    title: "placement groups that are all active, on two copies instead of three",
    series: [
      still('ceph_pg_total{pool_id="1"}', 32),
      still('ceph_pg_active{pool_id="1"}', 32),
      still('ceph_pg_stale{pool_id="1"}', 0),
    ],
    at: "6m",
    alert: "CephDataUnavailable",
    fires: [],
  },
  {
    title: "two of three monitors in the quorum",
    series: ["a", "b", "c"].map((mon, place) =>
      still(`ceph_mon_quorum_status{ceph_daemon="mon.${mon}"}`, place < 2 ? 1 : 0),
    ),
    at: "6m",
    alert: "CephQuorumAtRisk",
    fires: [{ severity: "critical", description: "2 of 3 monitors are in the quorum, and 2 are needed." }],
  },
  {
    title: "all three monitors in the quorum",
    series: ["a", "b", "c"].map((mon) => still(`ceph_mon_quorum_status{ceph_daemon="mon.${mon}"}`, 1)),
    at: "6m",
    alert: "CephQuorumAtRisk",
    fires: [],
  },
  {
    title: "one OSD down",
    series: [still('ceph_osd_up{ceph_daemon="osd.0"}', 1), still('ceph_osd_up{ceph_daemon="osd.1"}', 0)],
    at: "6m",
    alert: "CephOsdDown",
    fires: [
      {
        severity: "warning",
        description: "osd.1 has been down for five minutes. Its data has one copy less.",
        labels: { ceph_daemon: "osd.1" },
      },
    ],
  },
  {
    title: "slow operations",
    series: [still("ceph_healthcheck_slow_ops", 7)],
    at: "6m",
    alert: "CephSlowOperations",
    fires: [{ severity: "warning", description: "7 operations have been waiting for more than 30 seconds." }],
  },
  {
    title: "no metrics at all",
    series: [still("up", 1)],
    at: "11m",
    alert: "CephUnwatched",
    fires: [
      {
        severity: "critical",
        description: "Ceph's manager has sent no metrics for ten minutes: no other alert of storage can fire.",
      },
    ],
  },
  {
    title: "6 TiB, 60 % full, that fill by 60 GiB a day: 20 days are left until 80 %",
    series: [
      still("ceph_cluster_total_bytes", 6 * TEBIBYTE),
      // On the fourth day 60 % are used.
      {
        series: "ceph_cluster_total_used_raw_bytes",
        values: `${3.6 * TEBIBYTE - 4 * 0.06 * TEBIBYTE}+${(0.06 * TEBIBYTE) / 48}x192`,
      },
    ],
    every: "30m",
    at: "4d",
    alert: "CephCapacityForecast",
    fires: [{ severity: "warning", description: "20 days are left, if it goes on filling as in the last three days." }],
  },
  {
    title: "devices that are emptied",
    series: [
      still("ceph_cluster_total_bytes", 6 * TEBIBYTE),
      { series: "ceph_cluster_total_used_raw_bytes", values: `${4 * TEBIBYTE}-1000000x192` },
    ],
    every: "30m",
    at: "4d",
    alert: "CephCapacityForecast",
    fires: [],
  },
  {
    title: "81 % full",
    series: [still("ceph_cluster_total_bytes", 100), still("ceph_cluster_total_used_raw_bytes", 81)],
    at: "16m",
    alert: "CephCapacity",
    fires: [
      {
        severity: "critical",
        description: "81% are used. From 85 % on Ceph warns, from 95 % on nothing can be written.",
      },
    ],
  },
  {
    title: "79 % full",
    series: [still("ceph_cluster_total_bytes", 100), still("ceph_cluster_total_used_raw_bytes", 79)],
    at: "16m",
    alert: "CephCapacity",
    fires: [],
  },
];

tier("promtool", promtool)("alerts of Ceph, asked of promtool", () => {
  test.each(cases)("$alert: $title", (one) => {
    expect(askedOf(groups, one, "rook-ceph")).toEqual({ status: 0, said: "" });
  });
});

test("every alert is asked about", () => {
  const alerts = groups[0].rules.flatMap(({ alert = [] }: { alert?: string | [] }) => alert);
  expect([...new Set(cases.map(({ alert }) => alert))].sort()).toEqual(alerts.sort());
});
