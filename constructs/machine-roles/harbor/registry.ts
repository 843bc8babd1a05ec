import type { HarborProject, HarborRobot, HarborService } from "../../../platform/services";
import type { RolePart } from "../compose";
import { programText } from "../program-text";
import { plainFile, type RoleCommand, secretMark } from "../role-document";
import { harborSettings } from "./sign-in";

const PROGRAM = "/usr/local/lib/bastide/harbor-registry.py";
const WANTED = "/etc/harbor/registry.json";

/**
 * What Harbor holds: registries that it stands in front of, projects with quota and retention, robots, and what is done when. Each is
 * looked at through its API and brought there by itself, so that a plan says which of them differs.
 */
export function registry(service: HarborService): RolePart {
  const { adminPassword, projects, robots } = service;
  const wanted = plainFile(WANTED, `${JSON.stringify(wantedOf(service), undefined, 2)}\n`, {
    mode: "0600",
    secretRefs: [adminPassword, ...robots.map(({ token }) => token)],
    validate: 'python3 -m json.tool "$candidate"',
  });
  return {
    files: [
      plainFile(PROGRAM, programText("harbor/harbor-registry.py"), {
        validate: `python3 -c 'compile(open(0).read(), "-", "exec")' <"$candidate"`,
      }),
      wanted,
    ],
    commands: [
      {
        purpose: "set the sign-in, which Harbor refuses once a person exists",
        unless: ask("may-sign-in"),
        run: ask("may-sign-in"),
      },
      ...projects
        .filter(({ caches }) => caches)
        .map(({ name }) => thing("cache", name, `stand in front of the registry of ${name}`)),
      ...projects.map(({ name }) => thing("project", name, `make the project ${name} what it must be`)),
      ...robots.map(({ name }) => thing("robot", name, `give the robot ${name} its rights and its password`)),
      {
        when: "after-units",
        purpose: "take away the robots that the environment names no more",
        unless: ask("no-strays"),
        run: ask("remove-strays"),
      },
      thing("schedule", "scan", "plan when images are scanned"),
      thing("schedule", "collect", "plan when what no image needs is removed"),
    ],
    health: [
      { purpose: "every part of Harbor is well", check: ask("healthy") },
      { purpose: "sign-in is as described, and nobody can change it", check: ask("settings") },
    ],
  };
}

function ask(what: string): string {
  return `python3 ${PROGRAM} ${what}`;
}

function thing(kind: string, name: string, purpose: string): RoleCommand {
  return { when: "after-units", purpose, unless: ask(`check ${kind} ${name}`), run: ask(`make ${kind} ${name}`) };
}

function wantedOf(service: HarborService): object {
  const { url, adminPassword, projects, robots, scan, collectGarbage } = service;
  const { oidc_client_secret: _hidden, ...settings } = harborSettings(service);
  return {
    address: url,
    password: secretMark(adminPassword),
    settings,
    caches: Object.fromEntries(
      projects.flatMap(({ name, caches }) => (caches ? [[name, { type: caches.registry, url: caches.endpoint }]] : [])),
    ),
    projects: Object.fromEntries(projects.map((project) => [project.name, projectOf(project)])),
    robots: Object.fromEntries(robots.map((robot) => [robot.name, robotOf(robot)])),
    schedules: { scan: sixFields(scan.schedule), collect: sixFields(collectGarbage) },
  };
}

function projectOf({ public: open, quota, keepLast, caches }: HarborProject): object {
  return {
    public: open,
    // As Harbor writes it where there is no limit.
    storage: quota?.bytes ?? -1,
    keepLast: keepLast ?? null,
    cache: caches !== undefined,
  };
}

function robotOf({ project, may, token }: HarborRobot): object {
  return { project, actions: may === "push" ? ["pull", "push"] : ["pull"], password: secretMark(token) };
}

/** Harbor counts seconds too. */
function sixFields(schedule: string): string {
  return `0 ${schedule}`;
}
