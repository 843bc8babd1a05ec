import type { Machine } from "../../../platform/machines";
import { type OpenPort, SSH } from "../../../platform/services";
import type { RolePart } from "../compose";
import { APPLIED_FROM } from "../render/script";
import { plainFile } from "../role-document";

const RULES = "/etc/nftables.conf";

/**
 * The host's firewall. Only its own table is written, and only that one is exchanged on a reload, so that the rules of a
 * container engine or of a cluster beside it stay. What comes in is refused unless it answers, is local, or is listed.
 *
 * A container engine passes what it publishes on before a host looks at it as its own, so such ports are closed in the way that
 * forwarded packets take, by the port that the client asked for. A cluster does the same with ports of its nodes; those that are exclusive
 * are closed before it can. What else passes through a node is the cluster's to decide, and no container engine publishes anything there.
 */
export function firewall({ role }: Machine, ports: readonly OpenPort[]): RolePart {
  const isNode = role === "rke2-server" || role === "rke2-agent";
  const content = `#!/usr/sbin/nft -f
# Written by Bastide; a change made here is undone by the next application.
table inet bastide
delete table inet bastide
table inet bastide {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iifname "lo" accept
		meta l4proto { icmp, icmpv6 } accept
${ports.map(inputRule).join("")}	}
${isNode ? "" : forwardChain(ports)}${ports.some(({ exclusive }) => exclusive) ? earlyChain(ports) : ""}}
`;
  return {
    packages: ["nftables"],
    files: [
      plainFile(RULES, content, { mode: "0755", validate: `nft -c -f "$candidate"${mayComeAgain(ports)}` }),
      plainFile("/etc/systemd/system/nftables.service.d/bastide.conf", KEEP_OTHERS),
    ],
    units: [{ name: "nftables.service", onChange: "reload", watches: [RULES] }],
  };
}

/** Debian's unit would take every rule of the machine away when it is stopped, those of containers too. */
const KEEP_OTHERS = `[Service]
ExecStop=
ExecStop=/usr/sbin/nft delete table inet bastide
`;

/**
 * Refuses rules that shut out whoever applies them: theirs would be the last connection, and the machine's console the only way back. Its own
 * addresses come by `lo`.
 */
function mayComeAgain(ports: readonly OpenPort[]): string {
  const networks = ports.filter(({ purpose }) => purpose === SSH).flatMap(({ from }) => from);
  if (networks.length === 0) return "";
  return ` || return
case \${${APPLIED_FROM}:-127.0.0.1} in 127.* | ::1) return ;; esac
awk -v address="$${APPLIED_FROM}" -v networks="${networks.join(" ")}" '
	function number(text, part) {
		return split(text, part, ".") == 4 ? ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4] : -1
	}
	function first(text, size) { return number(text) < 0 ? -1 : int(number(text) / size) }
	BEGIN {
		for (last = split(networks, network, " "); last > 0; last--) {
			split(network[last], block, "/")
			if (first(address, 2 ^ (32 - block[2])) == first(block[1], 2 ^ (32 - block[2]))) exit 0
		}
		exit 1
	}' && return
echo "it shuts out $${APPLIED_FROM}, from where this application comes: add its network to base.signInFrom"
return 1`;
}

/** Number of VRRP among the protocols of IP: a small Debian has no file of their names. */
const VRRP = 112;

function inputRule({ protocol, from, purpose, ...range }: OpenPort): string {
  if (from.length === 0) return "";
  if (protocol === "vrrp") {
    return `\t\tip saddr { ${from.join(", ")} } ip protocol ${VRRP} accept comment "${purpose}"\n`;
  }
  return `\t\tip saddr { ${from.join(", ")} } ${protocol} dport ${rangeOf(range)} accept comment "${purpose}"\n`;
}

function rangeOf({ port, last }: Pick<OpenPort, "port" | "last">): string {
  return last === undefined ? String(port) : `${port}-${last}`;
}

/** What a container engine passes on, by the names that Docker gives to its bridges; whatever else a machine passes on is none of its own. */
function forwardChain(ports: readonly OpenPort[]): string {
  const rules = ports
    .filter(({ published, from }) => published && from.length > 0)
    .map(
      ({ from, purpose, ...one }) =>
        `\t\tip saddr { ${from.join(", ")} } meta l4proto ${one.protocol} ct original proto-dst ${rangeOf(one)} accept comment "${purpose}"\n`,
    );
  return `	chain forward {
		type filter hook forward priority filter - 1; policy accept;
		ct state established,related accept
		iifname { "docker*", "br-*" } accept
${rules.join("")}		oifname { "docker*", "br-*" } drop
	}
`;
}

/**
 * Before connections are tracked and led elsewhere. What the machine asks of itself comes by `lo`; what passes through to others is none of its own.
 * Only what begins a connection is dropped: an answer to what a pod asked outside may come to any port, the one by which the node masks the pod.
 */
function earlyChain(ports: readonly OpenPort[]): string {
  const rules = ports
    .filter(({ exclusive }) => exclusive)
    .map(
      ({ protocol, port, from, purpose }) =>
        `\t\tip saddr { ${from.join(", ")} } ${protocol} dport ${port} accept comment "${purpose}"\n` +
        `\t\tfib daddr type local ${protocol} dport ${port} tcp flags & (syn | ack) == syn drop\n`,
    );
  return `	chain early {
		type filter hook prerouting priority raw; policy accept;
		iifname "lo" accept
${rules.join("")}	}
`;
}
