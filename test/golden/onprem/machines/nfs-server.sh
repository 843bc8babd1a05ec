
validate_1() {
visudo -cq -f "$candidate"
}

validate_2() {
[ -d /run/sshd ] || mkdir -m 0755 /run/sshd
/usr/sbin/sshd -t -f "$candidate"
}

validate_3() {
nft -c -f "$candidate"
}

unless_4() {
getent group bastide-people && getent group bastide-admins
}

run_5() {
groupadd --force --system bastide-people
groupadd --force --system bastide-admins
}

unless_6() {
! getent group bastide-people | cut -d : -f 4 | tr ',' '\n' | grep -vxF -e ''
}

run_7() {
for left in $(getent group bastide-people | cut -d : -f 4 | tr ',' '\n' | grep -vxF -e ''); do
	usermod --expiredate 1 "$left"
	gpasswd --delete "$left" bastide-admins || true
	pkill -KILL -u "$left" || true
	gpasswd --delete "$left" bastide-people
done
}

unless_8() {
augenrules --check | grep -q 'No change'
}

run_9() {
augenrules --load || systemd-detect-virt --quiet --container
}

unless_10() {
! find /etc/ssl/certs -xtype l -name 'bastide-*' | grep -q .
}

run_11() {
update-ca-certificates --fresh
}

unless_12() {
[ "$(blkid -p -s TYPE -o value /dev/disk/by-id/scsi-nfs-1-data)" = xfs ]
}

run_13() {
test -b /dev/disk/by-id/scsi-nfs-1-data
[ -z "$(wipefs --noheadings /dev/disk/by-id/scsi-nfs-1-data)" ]
mkfs.xfs -q /dev/disk/by-id/scsi-nfs-1-data
}

unless_14() {
[ "$(stat -c %a /srv/nfs/shared)" = 1777 ]
}

run_15() {
install -d -m 1777 /srv/nfs/shared
}

unless_16() {
xfs_quota -x -c 'quota -p -N -b 1' /srv/nfs | awk '{ found = $4 == 524288000 } END { exit !found }'
}

run_17() {
xfs_quota -x -c 'project -s -p /srv/nfs/shared 1' -c 'limit -p bhard=524288000k 1' /srv/nfs
}

unless_18() {
[ "$(stat -c %a /srv/nfs/volumes)" = 755 ]
}

run_19() {
install -d -m 0755 /srv/nfs/volumes
}

unless_20() {
cmp -s /etc/exports.d/bastide.exports "$state/exports"
}

run_21() {
exportfs -ra
cp /etc/exports.d/bastide.exports "$state/exports"
}

check_22() {
ss -Htln "sport = :9100" | grep -q .
}

check_23() {
mountpoint -q /srv/nfs
}

check_24() {
ss -Htln "sport = :2049" | grep -q .
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages auditd ca-certificates chrony iproute2 nfs-kernel-server nftables openssh-server procps prometheus-node-exporter sudo unattended-upgrades xfsprogs
file /etc/sudoers.d/bastide 0440 root:root cat validate_1 <<'END'
%bastide-admins ALL=(ALL:ALL) NOPASSWD: ALL
END
file /etc/ssh/sshd_config.d/10-bastide.conf 0644 root:root cat validate_2 <<'END'
# Written by Bastide; a change made here is undone by the next application.
AllowUsers bastide
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u
MaxAuthTries 4
LoginGraceTime 30
ClientAliveInterval 120
ClientAliveCountMax 5
X11Forwarding no
AllowAgentForwarding no
LogLevel VERBOSE
Match User bastide
    AuthorizedKeysFile .ssh/authorized_keys
END
file /etc/chrony/chrony.conf 0644 root:root cat true <<'END'
pool 2.debian.pool.ntp.org iburst
driftfile /var/lib/chrony/chrony.drift
ntsdumpdir /var/lib/chrony
makestep 1 3
rtcsync
leapsectz right/UTC
port 0
cmdport 0
END
file /etc/apt/apt.conf.d/52bastide-upgrades 0644 root:root cat true <<'END'
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";
  "origin=Ubuntu,archive=${distro_codename}-security";
};
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "now";
END
file /etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf 0644 root:root cat true <<'END'
[Timer]
OnCalendar=
OnCalendar=*-*-* 02:30
RandomizedDelaySec=0
END
file /etc/systemd/journald.conf.d/bastide.conf 0644 root:root cat true <<'END'
[Journal]
Storage=persistent
SystemMaxUse=1073741824
MaxRetentionSec=90day
END
file /etc/audit/rules.d/50-bastide.rules 0640 root:root cat true <<'END'
-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/sudoers -p wa -k rights
-w /etc/sudoers.d -p wa -k rights
-w /etc/ssh -p wa -k sign-in
-w /etc/bastide -p wa -k secrets
-w /var/lib/bastide -p wa -k bastide
-a always,exit -F arch=b64 -S execve -F euid=0 -F auid>=1000 -F auid!=unset -k root-command
END
file /etc/nftables.conf 0755 root:root cat validate_3 <<'END'
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
}
END
file /etc/systemd/system/nftables.service.d/bastide.conf 0644 root:root cat true <<'END'
[Service]
ExecStop=
ExecStop=/usr/sbin/nft delete table inet bastide
END
file /etc/systemd/system/srv-nfs.mount 0644 root:root cat true <<'END'
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
uninstall 'systemctl disable --now nfs-server.service'
files_done
command_ 'make the groups of people' unless_4 run_5
command_ 'lock out whoever is no longer listed' unless_6 run_7
command_ 'load the rules of the audit' unless_8 run_9
command_ 'trust the company'\''s authorities' unless_10 run_11
command_ 'make a file system on /dev/disk/by-id/scsi-nfs-1-data, which must be empty' unless_12 run_13
unit ssh.service reload /etc/ssh/sshd_config.d/10-bastide.conf
unit chrony.service restart /etc/chrony/chrony.conf
unit apt-daily-upgrade.timer restart /etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf
unit systemd-journald.service restart /etc/systemd/journald.conf.d/bastide.conf
unit auditd.service restart
unit prometheus-node-exporter.service restart
unit nftables.service reload /etc/nftables.conf
unit srv-nfs.mount restart
unit nfs-server.service restart /etc/nfs.conf.d/bastide.conf
command_ 'make the folder of the export shared' unless_14 run_15
command_ 'limit the export shared to 500Gi' unless_16 run_17
command_ 'make the folder of the export volumes' unless_18 run_19
command_ 'publish the exports' unless_20 run_21
health 'the node exporter answers' check_22
health '/srv/nfs is mounted' check_23
health 'NFS answers on its port' check_24
finish
