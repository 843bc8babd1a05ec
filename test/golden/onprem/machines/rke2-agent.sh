
validate_1() {
nft -c -f "$candidate"
}

check_2() {
systemctl is-active --quiet prometheus-node-exporter
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages nftables prometheus-node-exporter
file /etc/nftables.conf 0755 root:root cat validate_1 <<'END'
#!/usr/sbin/nft -f
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
		ip saddr { 10.10.0.0/22 } tcp dport 22 accept comment "SSH"
		ip saddr { 10.10.0.0/22 } tcp dport 9100 accept comment "metrics of the machine"
	}
}
END
files_done
unit nftables.service reload /etc/nftables.conf
unit prometheus-node-exporter.service restart
health 'the node exporter answers' check_2
finish
