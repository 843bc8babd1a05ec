
validate_1() {
visudo -cq -f "$candidate"
}

validate_2() {
[ -d /run/sshd ] || mkdir -m 0755 /run/sshd
/usr/sbin/sshd -t -f "$candidate"
}

validate_3() {
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
	groups=$(id -Gn "$left")
	case " $groups " in *" bastide-admins "*) gpasswd --delete "$left" bastide-admins ;; esac
	case " $groups " in *" sudo "*) gpasswd --delete "$left" sudo ;; esac
	pkill -KILL -u "$left" || [ $? -eq 1 ]
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

check_12() {
ss -Htln "sport = :9100" | grep -q .
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages auditd ca-certificates chrony iproute2 nftables openssh-server procps prometheus-node-exporter sudo unattended-upgrades
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
OnCalendar=*-*-* 03:30
RandomizedDelaySec=0
Persistent=false
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
command_ 'make the groups of people' unless_4 run_5
command_ 'lock out whoever is no longer listed' unless_6 run_7
command_ 'load the rules of the audit' unless_8 run_9
command_ 'trust the company'\''s authorities' unless_10 run_11
unit ssh.service reload true /etc/ssh/sshd_config.d/10-bastide.conf
unit chrony.service restart true /etc/chrony/chrony.conf
unit apt-daily-upgrade.timer restart true /etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf
unit systemd-journald.service restart true /etc/systemd/journald.conf.d/bastide.conf
unit auditd.service restart true
unit prometheus-node-exporter.service restart true
unit nftables.service reload true /etc/nftables.conf
health 'the node exporter answers' check_12
finish
