import type { OpenPort } from "../../../platform/services";
import { plainFile, type RoleFile } from "../role-document";

/**
 * The host's firewall. Only its own table is written, and only that one is exchanged on a reload, so that the rules of a
 * container engine or of a cluster beside it stay. What comes in is refused unless it answers, is local, or is listed here.
 */
export function firewallFile(ports: readonly OpenPort[]): RoleFile {
  const content = `#!/usr/sbin/nft -f
# Written by Bastide; a change made here is undone by the next application.
table inet bastide
delete table inet bastide
table inet bastide {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tct state established,related accept
\t\tct state invalid drop
\t\tiifname "lo" accept
\t\tmeta l4proto { icmp, icmpv6 } accept
${ports.map(rule).join("")}\t}
}
`;
  return plainFile("/etc/nftables.conf", content, { mode: "0755", validate: 'nft -c -f "$candidate"' });
}

function rule({ protocol, port, from, purpose }: OpenPort): string {
  return `\t\tip saddr { ${from.join(", ")} } ${protocol} dport ${port} accept comment "${purpose}"\n`;
}
