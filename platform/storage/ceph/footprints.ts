import type { Footprint, Placement } from "../../shared/footprint";
import {
  csi,
  csiOperator,
  type DaemonResources,
  daemons,
  mdsResources,
  operator,
  osdResources,
  together,
} from "./daemons";
import type { Ceph } from "./resolve";

/** What Rook, the CSI drivers and Ceph itself ask of the cluster. */
export function cephFootprints(ceph: Ceph): Footprint[] {
  return [...operators(ceph), ...drivers(ceph), ...quorum(ceph), ...devices(ceph), ...services(ceph), ...perHost(ceph)];
}

/** Controllers of a CSI driver, two of them: one leads. */
export const CONTROLLERS = 2;

function operators(ceph: Ceph): Footprint[] {
  return [part(ceph, "operator", 1, operator), part(ceph, "csi-operator", 1, csiOperator)];
}

function drivers(ceph: Ceph): Footprint[] {
  const { plugin, sidecar, registrar } = csi;
  return ["rbd", "cephfs"].flatMap((driver) => [
    part(ceph, `csi-${driver}-controller`, CONTROLLERS, together(plugin, ...Array(4).fill(sidecar), registrar)),
    part(ceph, `csi-${driver}-node`, "one-per-node", together(plugin, registrar, registrar)),
  ]);
}

/** With a host lost, a monitor has no host left to go to where there are as many monitors as hosts: the quorum is made for that. */
function quorum(ceph: Ceph): Footprint[] {
  const { mons, managers } = ceph;
  const spare = Math.floor((mons - 1) / 2);
  return [
    { ...part(ceph, "mons", mons, withLog(daemons.mon), { apart: "host" }), spare },
    part(ceph, "managers", managers, together(withLog(daemons.mgr), daemons["mgr-sidecar"]), { apart: "host" }),
  ];
}

/** An OSD goes nowhere without its disk; one on a claimed volume goes wherever its zone has room. */
function devices(ceph: Ceph): Footprint[] {
  const resources = withLog(osdResources(ceph.osdMemory));
  return ceph.domains.flatMap((domain) =>
    domain.devices.map((_, index) =>
      part(
        ceph,
        `osd-${domain.name}-${index}`,
        1,
        resources,
        ceph.devices.kind === "disks" ? { node: domain.name } : {},
      ),
    ),
  );
}

function services(ceph: Ceph): Footprint[] {
  return [
    ...ceph.filesystems.map(({ name, active, memory }) =>
      part(ceph, `mds-${name}`, 2 * active, withLog(mdsResources(memory))),
    ),
    ...ceph.objectStores.map(({ name, gateways }) => part(ceph, `rgw-${name}`, gateways, withLog(daemons.rgw))),
  ];
}

/** On each node with a Ceph daemon Rook runs one collector of crashes and one exporter of metrics. */
function perHost(ceph: Ceph): Footprint[] {
  const resources = together(daemons.crashcollector, daemons.exporter);
  return ceph.nodes.map((node) => part(ceph, `collector-${node}`, 1, resources, { node }));
}

function withLog(resources: DaemonResources): DaemonResources {
  return together(resources, daemons.logcollector);
}

function part(
  { namespace, devices, nodes, pool }: Ceph,
  name: string,
  replicas: Footprint["replicas"],
  resources: DaemonResources,
  placement: Placement = {},
): Footprint {
  // Operators and drivers run wherever there is room; what keeps data runs beside it.
  const anywhere = name === "operator" || name.startsWith("csi-");
  const beside = devices.kind === "disks" ? { among: nodes } : pool === undefined ? {} : { pool };
  return {
    owner: ["storage", "ceph", name],
    namespace,
    replicas,
    // Rook and the CSI operator end an old pod before they start the new one.
    surge: 0,
    resources,
    placement: anywhere ? placement : { ...beside, ...placement },
  };
}
