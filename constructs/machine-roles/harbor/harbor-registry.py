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
