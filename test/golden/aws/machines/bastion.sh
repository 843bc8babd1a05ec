
validate_1() {
nft -c -f "$candidate"
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
		ip saddr { 10.20.0.0/16 } tcp dport 9100 accept comment "metrics of the machine"
	}
	chain forward {
		type filter hook forward priority filter - 1; policy accept;
		ct state established,related accept
		iifname { "docker*", "br-*" } accept
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
