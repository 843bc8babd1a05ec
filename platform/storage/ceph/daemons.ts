import type { Resources } from "../../shared/footprint";
import { ByteSize, Cpu } from "../../shared/quantities";

/** What one container of a daemon asks for and may use. */
export type DaemonResources = Resources;

/**
 * Requests are those of Rook's own example for production (rook/rook v1.20.6, deploy/charts/rook-ceph-cluster/values.yaml).
 * Limits of processor time are ours: a container that states none gets the small one of its namespace. Limits of memory are
 * Rook's, because Ceph daemons that are cut short of memory while they recover never end to recover.
 */
export const daemons = {
  mon: container("1", "1Gi", "2", "2Gi"),
  mgr: container("500m", "512Mi", "2", "1Gi"),
  "mgr-sidecar": container("100m", "40Mi", "500m", "100Mi"),
  prepareosd: container("500m", "50Mi", "2", "2Gi"),
  crashcollector: container("100m", "60Mi", "500m", "60Mi"),
  logcollector: container("100m", "100Mi", "500m", "1Gi"),
  exporter: container("50m", "50Mi", "500m", "128Mi"),
  cleanup: container("500m", "100Mi", "2", "1Gi"),
  "cmd-reporter": container("500m", "100Mi", "2", "1Gi"),
  rgw: container("1", "1Gi", "4", "2Gi"),
} as const;

/** An OSD: its memory is a promise on both sides, because its cache is sized by the limit. */
export function osdResources(memory: ByteSize): DaemonResources {
  return { requests: { cpu: Cpu.cores(1), memory }, limits: { cpu: Cpu.cores(4), memory } };
}

/** A metadata server: like an OSD, all of its memory is cache that it counts on. */
export function mdsResources(memory: ByteSize): DaemonResources {
  return { requests: { cpu: Cpu.cores(1), memory }, limits: { cpu: Cpu.cores(4), memory } };
}

/** Rook's operator. Source: values.yaml of its chart; the memory limit is the chart's. */
export const operator = container("200m", "128Mi", "1", "512Mi");

/** Ceph's CSI operator. Source: values.yaml of its chart. */
export const csiOperator = container("10m", "64Mi", "500m", "128Mi");

/** Containers of the CSI drivers. The charts state nothing; these are an eighth of what Rook 1.16 asked for. */
export const csi = {
  /** `ceph-csi` itself, beside each node's kubelet and in each controller. */
  plugin: container("100m", "256Mi", "1", "1Gi"),
  /** Provisioner, attacher, resizer, snapshotter: each waits for the API server and does little else. */
  sidecar: container("20m", "64Mi", "200m", "256Mi"),
  /** Registers the driver with the kubelet, once. */
  registrar: container("10m", "32Mi", "100m", "128Mi"),
} as const;

/** Both of several containers in one pod. */
export function together(...parts: readonly DaemonResources[]): DaemonResources {
  const sum = (side: "requests" | "limits") =>
    parts.reduce(
      ({ cpu, memory }, part) => ({ cpu: cpu.plus(part[side].cpu), memory: memory.plus(part[side].memory) }),
      { cpu: Cpu.zero, memory: ByteSize.zero },
    );
  return { requests: sum("requests"), limits: sum("limits") };
}

function container(cpu: string, memory: string, cpuLimit: string, memoryLimit: string): DaemonResources {
  return {
    requests: { cpu: known(Cpu.parse(cpu)), memory: known(ByteSize.parse(memory)) },
    limits: { cpu: known(Cpu.parse(cpuLimit)), memory: known(ByteSize.parse(memoryLimit)) },
  };
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("a constant of this file is no quantity");
  return value;
}
