import type { Machine } from "../../../platform/machines";
import type { Platform } from "../../../platform/platform";
import type { OpenPort } from "../../../platform/services";
import type { RolePart } from "../compose";
import { firewallFile } from "./firewall";

/** What every machine gets, whatever else it is for. */
export function baseRole(_platform: Platform, _machine: Machine, ports: readonly OpenPort[]): RolePart {
  const firewall = firewallFile(ports);
  return {
    packages: ["nftables", "prometheus-node-exporter"],
    files: [firewall],
    units: [
      { name: "nftables.service", onChange: "reload", watches: [firewall.path] },
      { name: "prometheus-node-exporter.service", onChange: "restart", watches: [] },
    ],
    health: [{ purpose: "the node exporter answers", check: "systemctl is-active --quiet prometheus-node-exporter" }],
  };
}
