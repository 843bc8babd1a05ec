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
