
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

validate_2() {
if mountpoint -q /srv/nfs; then
	[ "$(mountpoint -d /srv/nfs)" = "$(mountpoint -x /dev/disk/by-id/scsi-nfs-1-data)" ] && return
	echo "another disk is mounted at /srv/nfs, and what is on it would be out of sight: copy it to /dev/disk/by-id/scsi-nfs-1-data, mount that at /srv/nfs, and apply again"
	return 1
fi
[ -z "$(ls -A /srv/nfs 2>/dev/null)" ] && return
echo "there is data in /srv/nfs already, on the system's disk, and it would be out of sight: copy it to /dev/disk/by-id/scsi-nfs-1-data, mount that at /srv/nfs, and apply again"
return 1
}

unless_3() {
[ "$(blkid -p -s TYPE -o value /dev/disk/by-id/scsi-nfs-1-data)" = xfs ]
}

run_4() {
test -b /dev/disk/by-id/scsi-nfs-1-data
found=$(wipefs --noheadings /dev/disk/by-id/scsi-nfs-1-data)
[ -z "$found" ]
mkfs.xfs -q /dev/disk/by-id/scsi-nfs-1-data
}

unless_5() {
[ "$(systemctl is-enabled rpcbind.socket rpcbind.service rpc-statd.service 2>/dev/null | sort -u)" = masked ]
}

run_6() {
systemctl mask --now rpcbind.socket rpcbind.service rpc-statd.service
}

unless_7() {
[ "$(stat -c %a /srv/nfs/shared)" = 1777 ]
}

run_8() {
install -d -m 1777 /srv/nfs/shared
}

unless_9() {
[ "$(xfs_io -r -c lsproj /srv/nfs/shared)" = "projid = 620381396" ] && xfs_quota -x -c 'quota -p -N -b -v 620381396' /srv/nfs | awk '{ found = $4 == 524288000 } END { exit !found }'
}

run_10() {
xfs_quota -x -c 'project -s -p /srv/nfs/shared 620381396' -c 'limit -p bhard=524288000k 620381396' /srv/nfs
}

unless_11() {
[ "$(stat -c %a /srv/nfs/volumes)" = 755 ]
}

run_12() {
install -d -m 0755 /srv/nfs/volumes
}

unless_13() {
[ ! -d /srv/nfs/volumes ] || [ "$(xfs_io -r -c lsproj /srv/nfs/volumes)" = "projid = 0" ]
}

run_14() {
xfs_quota -x -c 'project -C -p /srv/nfs/volumes 0' /srv/nfs
}

unless_15() {
cmp -s /etc/exports.d/bastide.exports "$state/exports"
}

run_16() {
exportfs -ra
cp /etc/exports.d/bastide.exports "$state/exports"
}

check_17() {
mountpoint -q /srv/nfs
}

check_18() {
ss -Htln "sport = :2049" | grep -q .
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages nfs-kernel-server nftables xfsprogs
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
		ip saddr { 10.10.0.0/22, 10.10.0.0/24 } tcp dport 2049 accept comment "NFS 4"
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
file /etc/systemd/system/srv-nfs.mount 0644 root:root cat validate_2 <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Data of nfs-1

[Mount]
What=/dev/disk/by-id/scsi-nfs-1-data
Where=/srv/nfs
Type=xfs
Options=noatime,prjquota

[Install]
WantedBy=multi-user.target
END
file /etc/nfs.conf.d/bastide.conf 0644 root:root cat true <<'END'
[nfsd]
vers2=n
vers3=n
vers4=y
END
file /etc/exports.d/bastide.exports 0644 root:root cat true <<'END'
/srv/nfs/shared 10.10.0.0/22(sync,no_subtree_check,rw,root_squash)
/srv/nfs/volumes 10.10.0.0/24(sync,no_subtree_check,rw,no_root_squash)
END
uninstall nfs-server.service 'systemctl disable --now nfs-server.service'
uninstall 'the absence of what only NFS 3 needs' 'systemctl unmask rpcbind.socket rpcbind.service rpc-statd.service'
uninstall srv-nfs.mount 'if systemctl is-enabled --quiet nfs-server.service; then echo "nfs-server.service keeps its data on the disk at /srv/nfs, and would begin with nothing: name the disk in the environment again" && false; else systemctl disable --now srv-nfs.mount; fi'
files_done
command_ 'make a file system on /dev/disk/by-id/scsi-nfs-1-data, which must be empty' unless_3 run_4
command_ 'turn off what only NFS 3 needs' unless_5 run_6
unit nftables.service reload true /etc/nftables.conf
unit srv-nfs.mount restart true
unit nfs-server.service restart true /etc/nfs.conf.d/bastide.conf
command_ 'make the folder of the export shared' unless_7 run_8
command_ 'limit the export shared to 500Gi' unless_9 run_10
command_ 'make the folder of the export volumes' unless_11 run_12
command_ 'let the export volumes use the whole disk' unless_13 run_14
command_ 'publish the exports' unless_15 run_16
health '/srv/nfs is mounted' check_17
health 'NFS answers on its port' check_18
finish
