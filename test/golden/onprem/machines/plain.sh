
validate_1() {
nft -c -f "$candidate" || return
case ${BASTIDE_APPLIED_FROM:-127.0.0.1} in 127.* | ::1) return ;; esac
awk -v address="$BASTIDE_APPLIED_FROM" -v networks="10.10.0.0/22" '
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
echo "it shuts out $BASTIDE_APPLIED_FROM, from where this application comes: add its network to base.signInFrom"
return 1
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages nftables
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
		ip saddr { 10.10.0.21/32, 10.10.0.22/32, 10.10.0.23/32, 10.10.0.31/32, 10.10.0.32/32, 10.10.0.33/32 } tcp dport 5432 accept comment "PostgreSQL"
	}
	chain forward {
		type filter hook forward priority filter - 1; policy accept;
		ct state established,related accept
		iifname { "docker*", "br-*" } accept
		ip saddr { 10.10.0.21/32, 10.10.0.22/32, 10.10.0.23/32, 10.10.0.31/32, 10.10.0.32/32, 10.10.0.33/32 } meta l4proto tcp ct original proto-dst 5432 accept comment "PostgreSQL"
		oifname { "docker*", "br-*" } drop
	}
}
END
file /etc/systemd/system/nftables.service.d/bastide.conf 0644 root:root cat true <<'END'
[Service]
ExecStop=
ExecStop=/usr/sbin/nft delete table inet bastide
END
files_done
unit nftables.service reload true /etc/nftables.conf
finish
