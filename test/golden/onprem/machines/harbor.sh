
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
if mountpoint -q /srv/harbor; then
	[ "$(mountpoint -d /srv/harbor)" = "$(mountpoint -x /dev/disk/by-id/scsi-harbor-data)" ] && return
	echo "another disk is mounted at /srv/harbor, and what is on it would be out of sight: copy it to /dev/disk/by-id/scsi-harbor-data, mount that at /srv/harbor, and apply again"
	return 1
fi
[ -z "$(ls -A /srv/harbor 2>/dev/null)" ] && return
echo "there is data in /srv/harbor already, on the system's disk, and it would be out of sight: copy it to /dev/disk/by-id/scsi-harbor-data, mount that at /srv/harbor, and apply again"
return 1
}

validate_3() {
python3 -m json.tool "$candidate"
}

validate_4() {
python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$candidate"
}

validate_5() {
sed -n "s/^CONFIG_OVERWRITE_JSON='\([^']*\)'$/\1/p" "$candidate" | python3 -m json.tool
}

validate_6() {
python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$candidate"
}

validate_7() {
python3 -c 'compile(open(0).read(), "-", "exec")' <"$candidate"
}

validate_8() {
python3 -m json.tool "$candidate"
}

unless_9() {
[ "$(blkid -p -s TYPE -o value /dev/disk/by-id/scsi-harbor-data)" = xfs ]
}

run_10() {
test -b /dev/disk/by-id/scsi-harbor-data
found=$(wipefs --noheadings /dev/disk/by-id/scsi-harbor-data)
[ -z "$found" ]
mkfs.xfs -q /dev/disk/by-id/scsi-harbor-data
}

unless_11() {
case "$(dpkg-query -W -f '${db:Status-Status} ${Version}' docker.io)" in
"installed 20.10.24"* | "installed 26.1.5"*) command -v docker ;;
*) false ;;
esac
}

run_12() {
if dpkg-query -W -f '${db:Status-Status}' docker-ce 2>/dev/null | grep -qx installed; then
	echo "docker-ce is here, which is not Debian's: remove it first, its containers and volumes stay"
	false
fi
wanted=docker.io
install_packages
command -v docker || {
	wanted=docker-cli
	install_packages
}
}

unless_13() {
false
}

run_14() {
mkdir -p /usr/local/lib/docker/cli-plugins
echo 'the digest of /opt/bastide/docker-compose is a placeholder: check the file, and write down what sha256sum prints'
false
}

unless_15() {
false
}

run_16() {
echo 'the digest of /opt/bastide/harbor-offline-installer-v2.15.2.tgz is a placeholder: check the file, and write down what sha256sum prints'
false
}

unless_17() {
python3 /usr/local/lib/bastide/harbor-registry.py may-sign-in
}

run_18() {
python3 /usr/local/lib/bastide/harbor-registry.py may-sign-in
}

unless_19() {
python3 /usr/local/lib/bastide/harbor-registry.py check cache docker-hub
}

run_20() {
python3 /usr/local/lib/bastide/harbor-registry.py make cache docker-hub
}

unless_21() {
python3 /usr/local/lib/bastide/harbor-registry.py check project platform
}

run_22() {
python3 /usr/local/lib/bastide/harbor-registry.py make project platform
}

unless_23() {
python3 /usr/local/lib/bastide/harbor-registry.py check project docker-hub
}

run_24() {
python3 /usr/local/lib/bastide/harbor-registry.py make project docker-hub
}

unless_25() {
python3 /usr/local/lib/bastide/harbor-registry.py check robot nodes
}

run_26() {
python3 /usr/local/lib/bastide/harbor-registry.py make robot nodes
}

unless_27() {
python3 /usr/local/lib/bastide/harbor-registry.py check robot ci
}

run_28() {
python3 /usr/local/lib/bastide/harbor-registry.py make robot ci
}

unless_29() {
python3 /usr/local/lib/bastide/harbor-registry.py no-strays
}

run_30() {
python3 /usr/local/lib/bastide/harbor-registry.py remove-strays
}

unless_31() {
python3 /usr/local/lib/bastide/harbor-registry.py check schedule scan
}

run_32() {
python3 /usr/local/lib/bastide/harbor-registry.py make schedule scan
}

unless_33() {
python3 /usr/local/lib/bastide/harbor-registry.py check schedule collect
}

run_34() {
python3 /usr/local/lib/bastide/harbor-registry.py make schedule collect
}

unless_35() {
grep -qs '{backup="harbor",name="images"} [1-9]' /var/lib/prometheus/node-exporter/bastide_harbor_backup.prom
}

run_36() {
/usr/local/sbin/bastide-harbor-backup
}

check_37() {
mountpoint -q /srv/harbor
}

check_38() {
python3 /usr/local/lib/bastide/harbor-registry.py healthy
}

check_39() {
python3 /usr/local/lib/bastide/harbor-registry.py settings
}

check_40() {
[ "$(($(date +%s) - $(sed 's/.* //' /var/lib/prometheus/node-exporter/bastide_harbor_backup.prom)))" -lt 172800 ]
}

begin
[ "$action" = uninstall ] && uninstall_all
secret harbor-tls/tls.crt /etc/harbor/server.crt
secret harbor-tls/tls.key /etc/harbor/server.key
secret images-admin/password /etc/harbor/harbor.yml inside
secret images-database/password /etc/harbor/harbor.yml inside
secret store-harbor-images/access-key /etc/harbor/harbor.yml inside
secret store-harbor-images/secret-key /etc/harbor/harbor.yml inside
secret harbor-oidc/client-secret /etc/harbor/core.env inside
secret images-admin/password /etc/harbor/registry.json inside
secret harbor-pull/token /etc/harbor/registry.json inside
secret harbor-push/token /etc/harbor/registry.json inside
secret store-harbor-backups/access-key /etc/harbor/backup.curl inside
secret store-harbor-backups/secret-key /etc/harbor/backup.curl inside
secrets_done
packages apparmor curl nftables python3 python3-yaml xfsprogs
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
		ip saddr { 10.10.0.0/22 } tcp dport 443 accept comment "Harbor, HTTPS"
		ip saddr { 10.10.0.0/22 } tcp dport 9090 accept comment "metrics of Harbor"
	}
	chain forward {
		type filter hook forward priority filter - 1; policy accept;
		ct state established,related accept
		iifname { "docker*", "br-*" } accept
		ip saddr { 10.10.0.0/22 } meta l4proto tcp ct original proto-dst 443 accept comment "Harbor, HTTPS"
		ip saddr { 10.10.0.0/22 } meta l4proto tcp ct original proto-dst 9090 accept comment "metrics of Harbor"
		oifname { "docker*", "br-*" } drop
	}
}
END
file /etc/systemd/system/nftables.service.d/bastide.conf 0644 root:root cat true <<'END'
[Service]
ExecStop=
ExecStop=/usr/sbin/nft delete table inet bastide
END
file /etc/systemd/system/srv-harbor.mount 0644 root:root cat validate_2 <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Data of harbor

[Mount]
What=/dev/disk/by-id/scsi-harbor-data
Where=/srv/harbor
Type=xfs
Options=noatime

[Install]
WantedBy=multi-user.target
END
file /etc/apt/preferences.d/bastide-docker 0644 root:root cat true <<'END'
Package: docker.io docker-cli
Pin: version 20.10.24*
Pin-Priority: 500

Package: docker.io docker-cli
Pin: version 26.1.5*
Pin-Priority: 500

Package: docker.io docker-cli docker-ce docker-ce-cli
Pin: release *
Pin-Priority: -1
END
file /etc/docker/daemon.json 0644 root:root cat validate_3 <<'END'
{
  "log-driver": "local",
  "log-opts": {
    "max-size": "10m",
    "max-file": "3"
  },
  "live-restore": true
}
END
file /etc/harbor/server.crt 0644 root:root filled true <<'END'
@{harbor-tls/tls.crt}
END
file /etc/harbor/server.key 0600 root:root filled true <<'END'
@{harbor-tls/tls.key}
END
file /etc/harbor/harbor.yml 0600 root:root filled validate_4 <<'END'
# Written by Bastide.
hostname: harbor.corp.acme.example
http:
  port: 80
https:
  port: 443
  certificate: /etc/harbor/server.crt
  private_key: /etc/harbor/server.key
harbor_admin_password: "@{images-admin/password}"
database:
  password: "@{images-database/password}"
  max_idle_conns: 100
  max_open_conns: 900
data_volume: /srv/harbor
storage_service:
  s3:
    region: us-east-1
    regionendpoint: https://s3-1.corp.acme.example:9000
    bucket: harbor-images
    accesskey: "@{store-harbor-images/access-key}"
    secretkey: "@{store-harbor-images/secret-key}"
    forcepathstyle: true
    secure: true
    v4auth: true
  redirect:
    disable: true
trivy:
  ignore_unfixed: false
  skip_update: false
  insecure: false
jobservice:
  max_job_workers: 10
  max_job_duration_hours: 24
  job_loggers:
    - STD_OUTPUT
    - FILE
  logger_sweeper_duration: 14
notification:
  webhook_job_max_retry: 3
  webhook_job_http_client_timeout: 3
log:
  level: info
  local:
    rotate_count: 10
    rotate_size: 20M
    location: /var/log/harbor
metric:
  enabled: true
  port: 9090
  path: /metrics
upload_purging:
  enabled: true
  age: 168h
  interval: 24h
  dryrun: false
cache:
  enabled: true
  expire_hours: 24
_version: 2.15.0
END
file /etc/harbor/core.env 0600 root:root filled validate_5 <<'END'
CONFIG_OVERWRITE_JSON='{"auth_mode":"oidc_auth","primary_auth_mode":true,"oidc_name":"sign-in","oidc_endpoint":"https://id.corp.acme.example/realms/acme","oidc_client_id":"harbor","oidc_client_secret":"@{harbor-oidc/client-secret}","oidc_scope":"openid,profile,email,offline_access","oidc_user_claim":"preferred_username","oidc_groups_claim":"groups","oidc_admin_group":"acme-it","oidc_verify_cert":true,"oidc_auto_onboard":true,"self_registration":false,"project_creation_restriction":"adminonly","quota_per_project_enable":true,"robot_name_prefix":"robot$"}'
END
file /etc/harbor/compose.override.yml 0644 root:root cat validate_6 <<'END'
# Written by Bastide; docker compose reads it behind the file of Harbor's own installer.
services:
  core:
    env_file:
      - /etc/harbor/core.env
END
file /usr/local/sbin/bastide-harbor 0755 root:root cat true <<'END'
#!/bin/sh
# Written by Bastide; a change made here is undone by the next application.
# Brings Harbor to what /etc/harbor says, and waits until all of it is well.
set -eu
umask 077
state=/var/lib/bastide/harbor
folder=/opt/harbor/placeholder
mkdir -p "$state" /var/log/harbor
wanted="$folder $(cat /etc/harbor/server.crt /etc/harbor/server.key /etc/harbor/harbor.yml /etc/harbor/core.env /etc/harbor/compose.override.yml | sha256sum | cut -d ' ' -f 1)"
prepared=$(cat "$state/prepared" 2>/dev/null || true)
cd "$folder"
if [ "$prepared" != "$wanted" ]; then
	# Another version changes the database when it starts, and there is no way back but the backup.
	if [ -n "$prepared" ] && [ "${prepared%% *}" != "$folder" ] && [ -x /usr/local/sbin/bastide-harbor-backup ]; then
		/usr/local/sbin/bastide-harbor-backup
	fi
	# A load that was interrupted left some images and not the others.
	if [ "$(cat "$state/loaded" 2>/dev/null)" != "$folder" ] ||
		! docker image inspect "goharbor/prepare:v2.15.2" >/dev/null 2>&1; then
		docker load --quiet --input "harbor.v2.15.2.tar.gz"
		echo "$folder" >"$state/loaded"
	fi
	cp /etc/harbor/harbor.yml harbor.yml
	./prepare --with-trivy
	# A container whose own description is the same would stay, with the certificate and the keys of before. Another version changes
	# all of them, and one whose start was interrupted must still find the database for its backup.
	[ "${prepared%% *}" != "$folder" ] || docker compose --project-name harbor down
	echo "$wanted" >"$state/prepared"
fi
# An image that is not of the installer is none: it would come from somewhere else.
exec docker compose --project-name harbor --file docker-compose.yml --file /etc/harbor/compose.override.yml up --detach --remove-orphans --pull never --wait --wait-timeout 600
END
file /etc/systemd/system/harbor.service 0644 root:root cat true <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Harbor
# Not more than wanted: containers go on while Docker is restarted, and this would stop them.
Wants=docker.service network-online.target
After=docker.service network-online.target
RequiresMountsFor=/srv/harbor

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/bastide-harbor
ExecReload=/usr/local/sbin/bastide-harbor
ExecStop=/usr/bin/docker compose --project-name harbor stop
# Images are loaded and the database is brought to a new version when it starts for the first time.
TimeoutStartSec=1800
TimeoutStopSec=120

[Install]
WantedBy=multi-user.target
END
file /usr/local/lib/bastide/harbor-registry.py 0644 root:root cat validate_7 <<'END'
# Written by Bastide; a change made here is undone by the next application.
"""Looks at what Harbor holds, and brings it to what /etc/harbor/registry.json says.

usage: harbor-registry.py healthy | settings | may-sign-in | no-strays | remove-strays | check KIND NAME | make KIND NAME
Exit code 1 where something differs, 3 where Harbor does not answer.

Python, because the base has it for its updates, and the API's answers are JSON. What is wanted, passwords included, is read from a
file that is root's, and no value of it is shown.
"""
import base64
import http.client
import json
import os
import socket
import ssl
import sys
import urllib.parse

with open(os.environ.get("BASTIDE_HARBOR_WANTED", "/etc/harbor/registry.json"), encoding="utf-8") as file:
    WANTED = json.load(file)
ADDRESS = urllib.parse.urlsplit(WANTED["address"])


class Refused(Exception):
    """Harbor's answer was not the one that was needed."""

    def __init__(self, status, what):
        super().__init__(f"{what}: Harbor answers {status}")
        self.status = status


def connection():
    """To this machine, whatever Harbor's name resolves to, by a certificate of that name."""
    if ADDRESS.scheme == "http":
        made = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port or 80, timeout=30)
    else:
        context = ssl.create_default_context()
        made = http.client.HTTPSConnection(ADDRESS.hostname, ADDRESS.port or 443, timeout=30, context=context)
    made._create_connection = lambda address, *rest: socket.create_connection(("127.0.0.1", address[1]), *rest)
    return made


def ask(method, path, body=None, user="admin", password=None, api="/api/v2.0"):
    secret = f"{user}:{WANTED['password'] if password is None else password}"
    headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode(), "X-Is-Resource-Name": "true"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    made = connection()
    try:
        made.request(method, api + path, None if body is None else json.dumps(body), headers)
        answer = made.getresponse()
        text = answer.read()
    finally:
        made.close()
    if answer.status >= 300:
        raise Refused(answer.status, f"{method} {path.split('?')[0]}")
    return json.loads(text) if text.strip() else None


def quoted(text):
    return urllib.parse.quote(text, safe="")


def listed(path):
    """Every page of a list."""
    found, page = [], 1
    while True:
        more = ask("GET", f"{path}{'&' if '?' in path else '?'}page={page}&page_size=100") or []
        found += more
        if len(more) < 100:
            return found
        page += 1


def healthy():
    return all(part["status"] == "healthy" for part in ask("GET", "/health")["components"])


def settings():
    """Sign-in is as described, and Harbor refuses to change it."""
    there = ask("GET", "/configurations")
    same = all(there.get(name, {}).get("value") == value for name, value in WANTED["settings"].items())
    return same and not there["auth_mode"]["editable"]


def may_sign_in():
    """Whether Harbor would start with this sign-in. One that is not there yet will; one with people of its own will not."""
    try:
        mode = ask("GET", "/configurations")["auth_mode"]
    except Refused as refused:
        # Its proxy answers for a Harbor that is not well, which must not be kept from being mended.
        if refused.status < 500:
            raise
        return True
    except OSError:
        return True
    if mode["value"] == WANTED["settings"]["auth_mode"] or mode["editable"]:
        return True
    print(
        f"people have signed in to this Harbor by {mode['value']}, and it would not start again with oidc_auth: "
        "remove them in Harbor (Administration, Users), or begin with empty data"
    )
    return False


def project_of(name):
    try:
        return ask("GET", f"/projects/{quoted(name)}")
    except Refused as refused:
        # Harbor says so of a project that does not exist, so that nobody learns which do.
        if refused.status in (403, 404):
            return None
        raise


class Cache:
    def __init__(self, name):
        self.name, self.wanted = name, WANTED["caches"][name]

    def there(self):
        found = listed(f"/registries?q={quoted('name=' + self.name)}")
        return next((one for one in found if one["name"] == self.name), None)

    def check(self):
        there = self.there()
        return there is not None and {key: there[key] for key in self.wanted} == self.wanted

    def make(self):
        there = self.there()
        if there is None:
            ask("POST", "/registries", {"name": self.name, "insecure": False, **self.wanted})
        elif there["type"] != self.wanted["type"]:
            raise SystemExit(f"the registry {self.name} is of type {there['type']}, which cannot be changed: remove it in Harbor")
        else:
            ask("PUT", f"/registries/{there['id']}", {"url": self.wanted["url"]})


class Project:
    def __init__(self, name):
        self.name, self.wanted = name, WANTED["projects"][name]

    @property
    def metadata(self):
        return {"public": "true" if self.wanted["public"] else "false", "auto_scan": "true"}

    def retention(self, project):
        anything = {"kind": "doublestar", "pattern": "**"}
        rule = {
            "disabled": False,
            "action": "retain",
            "template": "latestPushedK",
            "params": {"latestPushedK": self.wanted["keepLast"]},
            "tag_selectors": [{**anything, "decoration": "matches", "extras": '{"untagged":true}'}],
            "scope_selectors": {"repository": [{**anything, "decoration": "repoMatches"}]},
        }
        return {
            "algorithm": "or",
            "rules": [] if self.wanted["keepLast"] is None else [rule],
            "trigger": {"kind": "Schedule", "settings": {"cron": "0 0 1 * * *"}, "references": {}},
            "scope": {"level": "project", "ref": project["project_id"]},
        }

    def retained(self, project):
        """What is kept of each repository, or nothing where all is."""
        number = project["metadata"].get("retention_id")
        rules = ask("GET", f"/retentions/{number}")["rules"] if number else []
        kept = [int(rule["params"].get("latestPushedK", -1)) for rule in rules if not rule["disabled"]]
        return number, kept

    def quota(self, project):
        return ask("GET", f"/quotas?reference=project&reference_id={project['project_id']}")[0]

    def check(self):
        there = project_of(self.name)
        if there is None or bool(there.get("registry_id")) != self.wanted["cache"]:
            return False
        if any(there["metadata"].get(key) != value for key, value in self.metadata.items()):
            return False
        if self.quota(there)["hard"]["storage"] != self.wanted["storage"]:
            return False
        keep = self.wanted["keepLast"]
        return self.retained(there)[1] == ([] if keep is None else [keep])

    def make(self):
        there = project_of(self.name)
        if there is None:
            body = {"project_name": self.name, "metadata": self.metadata, "storage_limit": self.wanted["storage"]}
            if self.wanted["cache"]:
                body["registry_id"] = Cache(self.name).there()["id"]
            ask("POST", "/projects", body)
            there = project_of(self.name)
        if bool(there.get("registry_id")) != self.wanted["cache"]:
            raise SystemExit(f"whether the project {self.name} caches was decided when it was made: remove it in Harbor, with its images")
        ask("PUT", f"/projects/{quoted(self.name)}", {"metadata": self.metadata})
        ask("PUT", f"/quotas/{self.quota(there)['id']}", {"hard": {"storage": self.wanted["storage"]}})
        number, kept = self.retained(there)
        if number:
            ask("PUT", f"/retentions/{number}", {"id": int(number), **self.retention(there)})
        elif self.wanted["keepLast"] is not None:
            ask("POST", "/retentions", self.retention(there))


def robots_of(project):
    return listed(f"/robots?q={quoted('Level=project,ProjectID=' + str(project['project_id']))}")


class Robot:
    # Those that people made say something else, or nothing.
    MARK = "kept by Bastide: take it out of the environment to remove it"

    def __init__(self, name):
        self.name, self.wanted = name, WANTED["robots"][name]
        self.login = "robot$" + f"{self.wanted['project']}+{name}"

    @property
    def permissions(self):
        access = [{"resource": "repository", "action": action} for action in self.wanted["actions"]]
        return [{"kind": "project", "namespace": self.wanted["project"], "access": access}]

    def there(self):
        project = project_of(self.wanted["project"])
        if project is None:
            return None
        return next((one for one in robots_of(project) if one["name"] == self.login), None)

    def opens(self):
        """Whether its password is the one that is wanted: it is tried, for Harbor tells nobody."""
        scope = quoted(f"repository:{self.wanted['project']}/any:pull")
        try:
            ask("GET", f"?service=harbor-registry&scope={scope}", user=self.login, password=self.wanted["password"], api="/service/token")
            return True
        except Refused as refused:
            if refused.status in (401, 403):
                return False
            raise

    def check(self):
        there = self.there()
        if there is None or there.get("disable") or there.get("duration") != -1 or there.get("description") != self.MARK:
            return False
        actions = sorted(access["action"] for one in there["permissions"] for access in one["access"])
        return actions == sorted(self.wanted["actions"]) and self.opens()

    def make(self):
        rights = {"duration": -1, "disable": False, "permissions": self.permissions}
        body = {"name": self.name, "description": self.MARK, "level": "project", **rights}
        there = self.there()
        if there is None:
            number = ask("POST", "/robots", body)["id"]
        else:
            number = there["id"]
            ask("PUT", f"/robots/{number}", {**body, "id": number, "name": there["name"]})
        try:
            ask("PATCH", f"/robots/{number}", {"secret": self.wanted["password"]})
        except Refused as refused:
            if refused.status != 400:
                raise
            raise SystemExit(
                f"Harbor refuses the password of the robot {self.name}: it must have 8 to 128 characters, among them A-Z, a-z and 0-9"
            ) from None


def strays():
    """Robots that an earlier environment had and this one does not name: they would keep their access."""
    wanted = {Robot(name).login for name in WANTED["robots"]}
    found = [robot for project in listed("/projects") for robot in robots_of(project)]
    return [robot for robot in found if robot.get("description") == Robot.MARK and robot["name"] not in wanted]


def no_strays():
    return not strays()


def remove_strays():
    for robot in strays():
        ask("DELETE", f"/robots/{robot['id']}")
    return True


class Schedule:
    PATHS = {"scan": "/system/scanAll/schedule", "collect": "/system/gc/schedule"}

    def __init__(self, name):
        self.name, self.path, self.cron = name, self.PATHS[name], WANTED["schedules"][name]

    def there(self):
        return (ask("GET", self.path) or {}).get("schedule") or {}

    def check(self):
        return self.there().get("cron") == self.cron

    def make(self):
        body = {"schedule": {"type": "Custom", "cron": self.cron}}
        if self.name == "collect":
            body["parameters"] = {"delete_untagged": True, "dry_run": False, "workers": 1}
        ask("PUT" if self.there().get("cron") else "POST", self.path, body)


KINDS = {"cache": Cache, "project": Project, "robot": Robot, "schedule": Schedule}
QUESTIONS = {
    "healthy": healthy,
    "settings": settings,
    "may-sign-in": may_sign_in,
    "no-strays": no_strays,
    "remove-strays": remove_strays,
}


def main(action, kind="", name=""):
    if action in QUESTIONS:
        return QUESTIONS[action]()
    thing = KINDS[kind](name)
    if action == "check":
        return thing.check()
    thing.make()
    return True


try:
    sys.exit(0 if main(*sys.argv[1:]) else 1)
except Refused as refused:
    print(refused)
    sys.exit(1)
except OSError as error:
    print(f"Harbor does not answer at {WANTED['address']} on this machine: {error.strerror or error}")
    sys.exit(3)
END
file /etc/harbor/registry.json 0600 root:root filled validate_8 <<'END'
{
  "address": "https://harbor.corp.acme.example",
  "password": "@{images-admin/password}",
  "settings": {
    "auth_mode": "oidc_auth",
    "primary_auth_mode": true,
    "oidc_name": "sign-in",
    "oidc_endpoint": "https://id.corp.acme.example/realms/acme",
    "oidc_client_id": "harbor",
    "oidc_scope": "openid,profile,email,offline_access",
    "oidc_user_claim": "preferred_username",
    "oidc_groups_claim": "groups",
    "oidc_admin_group": "acme-it",
    "oidc_verify_cert": true,
    "oidc_auto_onboard": true,
    "self_registration": false,
    "project_creation_restriction": "adminonly",
    "quota_per_project_enable": true,
    "robot_name_prefix": "robot$"
  },
  "caches": {
    "docker-hub": {
      "type": "docker-hub",
      "url": "https://registry-1.docker.io"
    }
  },
  "projects": {
    "platform": {
      "public": false,
      "storage": 214748364800,
      "keepLast": 20,
      "cache": false
    },
    "docker-hub": {
      "public": true,
      "storage": -1,
      "keepLast": null,
      "cache": true
    }
  },
  "robots": {
    "nodes": {
      "project": "platform",
      "actions": [
        "pull"
      ],
      "password": "@{harbor-pull/token}"
    },
    "ci": {
      "project": "platform",
      "actions": [
        "pull",
        "push"
      ],
      "password": "@{harbor-push/token}"
    }
  },
  "schedules": {
    "scan": "0 30 2 * * *",
    "collect": "0 30 3 * * 0"
  }
}
END
file /etc/harbor/backup.curl 0600 root:root filled true <<'END'
user = "@{store-harbor-backups/access-key}:@{store-harbor-backups/secret-key}"
aws-sigv4 = "aws:amz:us-east-1:s3"
fail
silent
show-error
END
file /usr/local/sbin/bastide-harbor-backup 0755 root:root cat true <<'END'
#!/bin/sh
# Written by Bastide; a change made here is undone by the next application.
set -eu
umask 077
data=${BASTIDE_HARBOR_DATA:-/srv/harbor}
client=${BASTIDE_HARBOR_CLIENT:-/etc/harbor/backup.curl}
folder=$(mktemp -d "$data/backup.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# Copies what cannot be made again to https://s3-1.corp.acme.example:9000/harbor-backups.
metric=${BASTIDE_HARBOR_METRIC:-/var/lib/prometheus/node-exporter/bastide_harbor_backup.prom}
measured() { # seconds since 1970
	[ -d "$(dirname "$metric")" ] || install -d -m 0755 "$(dirname "$metric")"
	printf 'bastide_backup_last_success_timestamp_seconds{backup="harbor",name="images"} %s\n' "$1" >"$folder/metric"
	chmod 0644 "$folder/metric"
	mv "$folder/metric" "$metric"
}
# One that never succeeds is told from one that nobody measures.
[ -e "$metric" ] || measured 0
name=harbor-$(date -u +%Y-%m-%dT%H-%M-%SZ).tar
docker exec harbor-db pg_dump --username=postgres --format=custom registry >"$folder/database"
# What cannot be read is no backup.
docker exec --interactive harbor-db pg_restore --list <"$folder/database" >/dev/null
cp -a "$data/secret" "$folder/secret"
tar -C "$folder" -cf "$folder/archive" database secret
curl --config "$client" --upload-file "$folder/archive" "https://s3-1.corp.acme.example:9000/harbor-backups/$name"
# It is there only if it comes back the same.
curl --config "$client" --output "$folder/again" "https://s3-1.corp.acme.example:9000/harbor-backups/$name"
cmp "$folder/archive" "$folder/again"
measured "$(date +%s)"
echo "$name"
END
file /usr/local/sbin/bastide-harbor-restore 0755 root:root cat true <<'END'
#!/bin/sh
# Written by Bastide; a change made here is undone by the next application.
set -eu
umask 077
data=${BASTIDE_HARBOR_DATA:-/srv/harbor}
client=${BASTIDE_HARBOR_CLIENT:-/etc/harbor/backup.curl}
folder=$(mktemp -d "$data/backup.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# Brings back what /usr/local/sbin/bastide-harbor-backup copied, over what is there.
name=${1:?usage: $0 harbor-YYYY-MM-DDTHH-MM-SSZ.tar}
curl --config "$client" --output "$folder/archive" "https://s3-1.corp.acme.example:9000/harbor-backups/$name"
tar -C "$folder" -xf "$folder/archive"
systemctl stop harbor.service
rm -rf "$data/secret"
cp -a "$folder/secret" "$data/secret"
cd /opt/harbor/placeholder
docker compose --project-name harbor --file docker-compose.yml up --detach --wait postgresql
docker exec harbor-db dropdb --username=postgres --if-exists --force registry
docker exec harbor-db createdb --username=postgres registry
docker exec --interactive harbor-db pg_restore --username=postgres --dbname=registry --exit-on-error <"$folder/database"
# Its files hold the keys that were there before.
rm -f /var/lib/bastide/harbor/prepared
systemctl start harbor.service
echo "restored $name"
END
file /etc/systemd/system/harbor-backup.service 0644 root:root cat true <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Backup of Harbor
After=harbor.service

[Service]
Type=oneshot
# Harbor is not started for it: it may be stopped because a restoration goes on.
ExecStartPre=/usr/bin/systemctl is-active --quiet harbor.service
ExecStart=/usr/local/sbin/bastide-harbor-backup
TimeoutStartSec=3600
END
file /etc/systemd/system/harbor-backup.timer 0644 root:root cat true <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Daily backup of Harbor

[Timer]
OnCalendar=*-*-* 02:00:00 UTC
Persistent=true

[Install]
WantedBy=timers.target
END
uninstall harbor-backup.timer 'systemctl disable --now harbor-backup.timer'
uninstall 'metric of the backup of Harbor' 'rm -f /var/lib/prometheus/node-exporter/bastide_harbor_backup.prom'
uninstall harbor.service 'systemctl disable --now harbor.service'
uninstall 'containers of Harbor' 'docker compose --project-name harbor down'
uninstall srv-harbor.mount 'if systemctl is-enabled --quiet harbor.service; then echo "harbor.service keeps its data on the disk at /srv/harbor, and would begin with nothing: name the disk in the environment again" && false; else systemctl disable --now srv-harbor.mount; fi'
files_done
command_ 'make a file system on /dev/disk/by-id/scsi-harbor-data, which must be empty' unless_9 run_10
command_ 'install Docker'\''s engine, of a version that is known' unless_11 run_12
command_ 'install /usr/local/lib/docker/cli-plugins/docker-compose' unless_13 run_14
command_ 'unpack Harbor 2.15.2' unless_15 run_16
command_ 'set the sign-in, which Harbor refuses once a person exists' unless_17 run_18
unit nftables.service reload true /etc/nftables.conf
unit srv-harbor.mount restart true
unit docker.service restart true /etc/docker/daemon.json
unit harbor.service reload true /etc/harbor/server.crt /etc/harbor/server.key /etc/harbor/harbor.yml /etc/harbor/core.env /etc/harbor/compose.override.yml /usr/local/sbin/bastide-harbor /etc/systemd/system/harbor.service
unit harbor-backup.timer restart true /etc/systemd/system/harbor-backup.timer
command_ 'stand in front of the registry of docker-hub' unless_19 run_20
command_ 'make the project platform what it must be' unless_21 run_22
command_ 'make the project docker-hub what it must be' unless_23 run_24
command_ 'give the robot nodes its rights and its password' unless_25 run_26
command_ 'give the robot ci its rights and its password' unless_27 run_28
command_ 'take away the robots that the environment names no more' unless_29 run_30
command_ 'plan when images are scanned' unless_31 run_32
command_ 'plan when what no image needs is removed' unless_33 run_34
command_ 'make the first backup, so that one that cannot work is known at once' unless_35 run_36
health '/srv/harbor is mounted' check_37
health 'every part of Harbor is well' check_38
health 'sign-in is as described, and nobody can change it' check_39
health 'Harbor was backed up within two days' check_40
finish
