
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
python3 -c 'compile(open(0).read(), "-", "exec")' <"$candidate"
}

validate_3() {
haproxy -c -f "$candidate"
}

validate_4() {
keepalived --config-test --use-file "$candidate"
}

unless_5() {
! dpkg --compare-versions "$(dpkg-query -W -f '${Version}' haproxy 2>/dev/null)" lt-nl 2.5
}

run_6() {
echo "this system's HAProxy is older than 2.5: Debian 12 and Ubuntu 24.04 have a newer one"
false
}

taken_7() {
[ ! -s /run/haproxy-refused ] || { cat /run/haproxy-refused && false; }
}

check_8() {
ss -Htln "sport = :6443" | grep -q .
}

check_9() {
ss -Htln "sport = :9345" | grep -q .
}

check_10() {
ss -Htln "sport = :80" | grep -q .
}

check_11() {
ss -Htln "sport = :443" | grep -q .
}

check_12() {
ss -Htln "sport = :8404" | grep -q .
}

check_13() {
systemctl is-active --quiet keepalived.service
}

begin
[ "$action" = uninstall ] && uninstall_all
secrets_done
packages curl haproxy keepalived nftables
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
		ip saddr { 10.10.0.0/22 } tcp dport 6443 accept comment "API server of the cluster"
		ip saddr { 10.10.0.0/22 } tcp dport 9345 accept comment "nodes that join the cluster"
		ip saddr { 10.10.0.0/22 } tcp dport 80 accept comment "applications, HTTP"
		ip saddr { 10.10.0.0/22 } tcp dport 443 accept comment "applications, HTTPS"
		ip saddr { 10.10.1.12/32 } ip protocol 112 accept comment "the other load balancer"
		ip saddr { 10.10.0.0/22 } tcp dport 8404 accept comment "statistics and metrics of HAProxy"
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
file /usr/local/lib/bastide/reload-haproxy.py 0644 root:root cat validate_2 <<'END'
# Written by Bastide; a change made here is undone by the next application.
"""Reloads HAProxy, and knows how it ended.

usage: reload-haproxy.py MASTER-PID

A configuration that is well formed may still not be taken: a port that it listens on may be another program's. HAProxy's master
then goes on with the processes that it has and tells nobody but its log. Here that is a failure, with HAProxy's words in a file,
which whoever applies a role is shown.
"""
import os
import re
import signal
import socket
import subprocess
import sys
import time

CONFIGURATION = os.environ.get("CONFIG", "/etc/haproxy/haproxy.cfg")
MASTER = os.environ.get("BASTIDE_HAPROXY_MASTER", "/run/haproxy-master.sock")
REFUSED = os.environ.get("BASTIDE_HAPROXY_REFUSED", "/run/haproxy-refused")
# Seconds. A bind that fails is tried again for two of them; large maps and certificates take longer to read.
PATIENCE = 60


def counted():
    """How often the master has reloaded, and how many of the last reloads failed; nothing where it does not answer just now."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.settimeout(5)
            asked.connect(MASTER)
            asked.sendall(b"show proc\n")
            asked.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: asked.recv(65536), b"")).decode()
    except OSError:
        return None
    found = re.search(r"^\d+\s+master\s+(\d+)\s+\[failed: (\d+)\]", answer, re.MULTILINE)
    return found and (int(found[1]), int(found[2]))


def waited(until, patience):
    """What the master says once that is true of it; nothing where it is not in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        now = counted()
        if now is not None and until(now):
            return now
        time.sleep(0.1)
    return None


def faults(said):
    """Those of HAProxy's words that tell of a fault, each once."""
    return "\n".join(dict.fromkeys(line for line in said.splitlines() if line.startswith("[ALERT]")))


def words_since(begun):
    """What HAProxy wrote to the journal meanwhile."""
    subprocess.run(["journalctl", "--sync"], check=False, stderr=subprocess.DEVNULL)
    ask = ["journalctl", "--quiet", "--unit=haproxy.service", "--output=cat", f"--since=@{begun}"]
    return subprocess.run(ask, check=False, capture_output=True, text=True).stdout


def refused(why):
    said = why.strip() or "HAProxy gave no reason: see journalctl -u haproxy"
    with open(REFUSED, "w", encoding="utf-8") as file:
        file.write(f"{said}\n")
    sys.exit(f"HAProxy goes on with what it had: {said}")


def reload(master):
    check = ["haproxy", "-c", "-f", CONFIGURATION]
    checked = subprocess.run(check, check=False, capture_output=True, text=True)
    if checked.returncode != 0:
        refused(faults(checked.stderr))
    before = waited(lambda now: True, 10)
    if before is None:
        refused(f"its master does not answer at {MASTER}: restart haproxy.service")
    begun = int(time.time())
    os.kill(master, signal.SIGUSR2)
    after = waited(lambda now: now[0] > before[0], PATIENCE)
    if after is None:
        refused(f"its master did not reload within {PATIENCE} seconds: see journalctl -u haproxy")
    if after[1] > 0:
        refused(faults(words_since(begun)))
    if os.path.exists(REFUSED):
        os.remove(REFUSED)


reload(int(sys.argv[1]))
END
file /etc/systemd/system/haproxy.service.d/bastide.conf 0644 root:root cat true <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Service]
ExecStartPost=/bin/rm -f /run/haproxy-refused
ExecReload=
ExecReload=/usr/bin/python3 /usr/local/lib/bastide/reload-haproxy.py $MAINPID
END
file /etc/haproxy/haproxy.cfg 0640 root:haproxy cat validate_3 <<'END'
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
    option redispatch 1
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
    log-format "frontend=%f server=%b/%s bytes=%B waited=%Tw connected=%Tc milliseconds=%Tt ends=%ts connections=%ac/%fc/%bc/%sc/%rc"
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
    log-format "frontend=%f server=%b/%s bytes=%B waited=%Tw connected=%Tc milliseconds=%Tt ends=%ts connections=%ac/%fc/%bc/%sc/%rc"
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
file /etc/keepalived/keepalived.conf 0640 root:root cat validate_4 <<'END'
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
uninstall keepalived.service 'systemctl disable --now keepalived.service'
uninstall haproxy.service 'systemctl disable --now haproxy.service'
files_done
command_ 'have an HAProxy that tells how a reload ended' unless_5 run_6
unit nftables.service reload true /etc/nftables.conf
unit haproxy.service reload taken_7 /etc/haproxy/haproxy.cfg
unit keepalived.service reload true /etc/keepalived/keepalived.conf
health 'HAProxy listens on port 6443' check_8
health 'HAProxy listens on port 9345' check_9
health 'HAProxy listens on port 80' check_10
health 'HAProxy listens on port 443' check_11
health 'HAProxy listens on port 8404' check_12
health 'keepalived runs' check_13
finish
