
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

validate_4() {
haproxy -c -q -f "$candidate"
}

validate_5() {
keepalived --config-test --use-file "$candidate"
}

unless_6() {
getent group bastide-people && getent group bastide-admins
}

run_7() {
groupadd --force --system bastide-people
groupadd --force --system bastide-admins
}

unless_8() {
! getent group bastide-people | cut -d : -f 4 | tr ',' '\n' | grep -vxF -e ''
}

run_9() {
for left in $(getent group bastide-people | cut -d : -f 4 | tr ',' '\n' | grep -vxF -e ''); do
	usermod --expiredate 1 "$left"
	gpasswd --delete "$left" bastide-admins || true
	pkill -KILL -u "$left" || true
	gpasswd --delete "$left" bastide-people
done
}

unless_10() {
augenrules --check | grep -q 'No change'
}

run_11() {
augenrules --load || systemd-detect-virt --quiet --container
}

unless_12() {
! find /etc/ssl/certs -xtype l -name 'bastide-*' | grep -q .
}

run_13() {
update-ca-certificates --fresh
}

check_14() {
ss -Htln "sport = :9100" | grep -q .
}

check_15() {
ss -Htln "sport = :6443" | grep -q .
}

check_16() {
ss -Htln "sport = :9345" | grep -q .
}

check_17() {
ss -Htln "sport = :80" | grep -q .
}

check_18() {
ss -Htln "sport = :443" | grep -q .
}

check_19() {
ss -Htln "sport = :8404" | grep -q .
}

check_20() {
systemctl is-active --quiet keepalived.service
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages auditd ca-certificates chrony curl haproxy iproute2 keepalived nftables openssh-server procps prometheus-node-exporter sudo unattended-upgrades
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
OnCalendar=*-*-* 02:00
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
		ip saddr { 10.10.0.0/22 } tcp dport 6443 accept comment "API server of the cluster"
		ip saddr { 10.10.0.0/22 } tcp dport 9345 accept comment "nodes that join the cluster"
		ip saddr { 10.10.0.0/22 } tcp dport 80 accept comment "applications, HTTP"
		ip saddr { 10.10.0.0/22 } tcp dport 443 accept comment "applications, HTTPS"
		ip saddr { 10.10.1.12/32 } ip protocol 112 accept comment "the other load balancer"
		ip saddr { 10.10.0.0/22 } tcp dport 8404 accept comment "statistics and metrics of HAProxy"
	}
}
END
file /etc/systemd/system/nftables.service.d/bastide.conf 0644 root:root cat true <<'END'
[Service]
ExecStop=
ExecStop=/usr/sbin/nft delete table inet bastide
END
file /etc/haproxy/haproxy.cfg 0640 root:haproxy cat validate_4 <<'END'
# Written by Bastide; a change made here is undone by the next application.
global
    log /dev/log local0
    user haproxy
    group haproxy
    chroot /var/lib/haproxy
    stats socket /run/haproxy/admin.sock mode 660 level admin expose-fd listeners
    maxconn 20000

defaults
    mode tcp
    log global
    option tcplog
    option dontlognull
    option redispatch
    retries 3
    timeout connect 5s
    timeout client 2h
    timeout server 2h
    timeout tunnel 2h
    timeout check 3s

frontend statistics
    mode http
    bind 10.10.1.11:8404
    timeout client 10s
    http-request use-service prometheus-exporter if { path /metrics }
    stats enable
    stats uri /
    stats refresh 10s

frontend kubernetes-api
    bind :6443
    default_backend kubernetes-api

backend kubernetes-api
    balance leastconn
    option tcp-check
    default-server check inter 2s fall 2 rise 2 on-marked-down shutdown-sessions
    server rke2-1 10.10.0.11:6443
    server rke2-2 10.10.0.12:6443
    server rke2-3 10.10.0.13:6443

frontend rke2-registration
    bind :9345
    default_backend rke2-registration

backend rke2-registration
    balance leastconn
    option tcp-check
    default-server check inter 2s fall 2 rise 2 on-marked-down shutdown-sessions
    server rke2-1 10.10.0.11:9345
    server rke2-2 10.10.0.12:9345
    server rke2-3 10.10.0.13:9345

frontend http
    bind :80
    default_backend http

backend http
    balance leastconn
    option tcp-check
    default-server check inter 2s fall 2 rise 2 on-marked-down shutdown-sessions
    server node-1 10.10.0.21:80 send-proxy-v2
    server node-2 10.10.0.22:80 send-proxy-v2
    server node-3 10.10.0.23:80 send-proxy-v2
    server stor-1 10.10.0.31:80 send-proxy-v2
    server stor-2 10.10.0.32:80 send-proxy-v2
    server stor-3 10.10.0.33:80 send-proxy-v2

frontend https
    bind :443
    default_backend https

backend https
    balance leastconn
    option tcp-check
    default-server check inter 2s fall 2 rise 2 on-marked-down shutdown-sessions
    server node-1 10.10.0.21:443 send-proxy-v2
    server node-2 10.10.0.22:443 send-proxy-v2
    server node-3 10.10.0.23:443 send-proxy-v2
    server stor-1 10.10.0.31:443 send-proxy-v2
    server stor-2 10.10.0.32:443 send-proxy-v2
    server stor-3 10.10.0.33:443 send-proxy-v2
END
file /etc/keepalived/keepalived.conf 0640 root:root cat validate_5 <<'END'
# Written by Bastide; a change made here is undone by the next application.
global_defs {
    router_id lb-1
    enable_script_security
    script_user root
}

vrrp_script haproxy_answers {
    script "/usr/bin/curl --silent --fail --max-time 2 --output /dev/null http://10.10.1.11:8404/metrics"
    interval 2
    fall 2
    rise 2
}

vrrp_instance front {
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 1
    unicast_src_ip 10.10.1.11
    unicast_peer {
        10.10.1.12
    }
    virtual_ipaddress {
        10.10.1.10/32 dev eth0
    }
    track_script {
        haproxy_answers
    }
}
END
uninstall 'systemctl disable --now haproxy.service'
uninstall 'systemctl disable --now keepalived.service'
files_done
command_ 'make the groups of people' unless_6 run_7
command_ 'lock out whoever is no longer listed' unless_8 run_9
command_ 'load the rules of the audit' unless_10 run_11
command_ 'trust the company'\''s authorities' unless_12 run_13
unit ssh.service reload /etc/ssh/sshd_config.d/10-bastide.conf
unit chrony.service restart /etc/chrony/chrony.conf
unit apt-daily-upgrade.timer restart /etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf
unit systemd-journald.service restart /etc/systemd/journald.conf.d/bastide.conf
unit auditd.service restart
unit prometheus-node-exporter.service restart
unit nftables.service reload /etc/nftables.conf
unit haproxy.service reload /etc/haproxy/haproxy.cfg
unit keepalived.service reload /etc/keepalived/keepalived.conf
health 'the node exporter answers' check_14
health 'HAProxy listens on port 6443' check_15
health 'HAProxy listens on port 9345' check_16
health 'HAProxy listens on port 80' check_17
health 'HAProxy listens on port 443' check_18
health 'HAProxy listens on port 8404' check_19
health 'keepalived runs' check_20
finish
