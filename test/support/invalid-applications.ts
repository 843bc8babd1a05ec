import type { InvalidCase } from "./invalid-environments";

const app = {
  namespace: "dev-apps",
  image: "ghcr.io/acme/wiki:1.4.2",
  port: 8080,
  resources: { cpu: "100m", memory: "128Mi" },
};

/** What may be wrong with an application. */
export const invalidApplications: readonly InvalidCase[] = [
  {
    title: "an application in no namespace",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, namespace: "dev-app" }),
    refusal:
      'onprem.apps.wiki.namespace is "dev-app", but there is no namespace of that name: did you mean dev-apps? Known: internal-tools, dev-apps',
  },
  {
    title: "an image without a tag",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: "ghcr.io/acme/wiki" }),
    refusal:
      'onprem.apps.wiki.image is "ghcr.io/acme/wiki", but an image has an exact tag, a digest, or both, so that it is the same tomorrow: write it like ghcr.io/acme/wiki:1.4.2',
  },
  {
    title: "an image by latest",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: "ghcr.io/acme/wiki:latest" }),
    refusal:
      'onprem.apps.wiki.image is "ghcr.io/acme/wiki:latest", but an image has an exact tag, a digest, or both, so that it is the same tomorrow: write it like ghcr.io/acme/wiki:1.4.2',
  },
  {
    title: "an own image that has no folder",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: { own: "start-pages" } }),
    refusal:
      'onprem.apps.wiki.image.own is "start-pages", but there is no folder with a Dockerfile below apps/ of that name: did you mean start-page? Known: start-page, callhome',
  },
  {
    title: "a privileged port",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, port: 80 }),
    refusal: "onprem.apps.wiki.port is 80, but it must be at least 1024: use 1024 or more",
  },
  {
    title: "no replica",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, replicas: 0 }),
    refusal: "onprem.apps.wiki.replicas is 0, but it must be at least 1: use 1 or more",
  },
  {
    title: "processor time with a comma",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, resources: { cpu: "0,5", memory: "1Gi" } }),
    refusal:
      'onprem.apps.wiki.resources.cpu is "0,5", but processor time is whole cores or millicores, not 0: write it like 2 or 250m',
  },
  {
    title: "a limit below the request",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, resources: { cpu: "1", cpuLimit: "500m", memory: "1Gi" } }),
    refusal: 'onprem.apps.wiki.resources.cpuLimit is "500m", but it is less than cpu (1): raise it or leave it out',
  },
  {
    title: "a workload that fits no node",
    of: "onprem",
    change: (d) =>
      (d.apps.wiki = { ...app, resources: { cpu: "100m", memory: "64Gi" } }) &&
      (d.access.namespaces["dev-apps"].quota.memory = "1Ti"),
    refusal:
      'onprem.apps.wiki.resources is "100m CPU and 64Gi", but no node is that large (node-1, the largest, has 7500m CPU and 31644Mi): ask for less, or use larger nodes',
  },
  {
    title: "more replicas than the nodes carry",
    of: "onprem",
    change: (d) =>
      (d.apps.wiki = { ...app, replicas: 40, resources: { cpu: "1500m", memory: "1Gi" } }) &&
      (d.access.namespaces["dev-apps"].quota = { cpu: "99", memory: "99Gi" }),
    refusal:
      'onprem.apps.wiki.resources is "1500m CPU and 1Gi", but 22 of 40 replicas find no place on 6 nodes with 45 CPU and 189864Mi together: add a node, use larger ones, or ask for less',
  },
  {
    title: "a pool that does not exist",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, pool: "genral" }),
    refusal:
      'onprem.apps.wiki.pool is "genral", but there is no node pool of that name: did you mean general? Known: general, storage',
  },
  {
    title: "two applications under one host",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, host: "start" }),
    refusal:
      'onprem.apps.wiki.host is "start", but application start-page answers under start.corp.acme.example already: give each application a host of its own',
  },
  {
    title: "a name too long for its pods",
    of: "onprem",
    change: (d) => (d.apps["a-name-of-more-than-forty-five-characters-is-too-long"] = app),
    refusal:
      "onprem.apps.a-name-of-more-than-forty-five-characters-is-too-long is \"a-name-of-more-than-forty-five-characters-is-too-long\", but an application's name may have at most 46 characters, so that its pods' names fit into 63: choose a shorter name",
  },
  {
    title: "a name that the platform itself uses",
    of: "onprem",
    change: (d) => (d.apps.gateway = app),
    refusal:
      'onprem.apps.gateway is "gateway", but a release of the platform itself has this name: choose another name',
  },
  {
    title: "a call to an unknown application",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, calls: ["start-pag"] }),
    refusal:
      'onprem.apps.wiki.calls[0] is "start-pag", but there is no app of that name: did you mean start-page? Known: start-page, wiki',
  },
  {
    title: "a variable that begins with a digit",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { "2FA": "on" } }),
    refusal:
      'onprem.apps.wiki.env["2FA"] is "2FA", but a variable consists of letters, digits, _, - and ., and begins with a letter or _: write it like LOG_LEVEL',
  },
  {
    title: "a variable that is a setting and a secret",
    of: "onprem",
    change: (d) =>
      (d.apps.wiki = { ...app, env: { LOG_LEVEL: "info" }, secrets: { LOG_LEVEL: { secret: "wiki", key: "level" } } }),
    refusal:
      'onprem.apps.wiki.env.LOG_LEVEL is "LOG_LEVEL", but the same variable comes from a secret too: remove one of the two',
  },
  {
    title: "a password among the settings",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { DB_PASSWORD: "hunter2" } }),
    refusal:
      'onprem.apps.wiki.env.DB_PASSWORD is (not shown), but it is or holds a secret, and settings stand in manifests for everybody to read: move it to secrets: { DB_PASSWORD: { secret: "wiki", key: "..." } }',
  },
  {
    title: "a secret's value instead of its name",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, secrets: { DB_PASSWORD: "hunter2" } }),
    refusal: "onprem.apps.wiki.secrets.DB_PASSWORD is (not shown), but it must be of type object: write { ... }",
  },
  {
    title: "a health path with a query",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, health: "/healthz?deep=1" }),
    refusal:
      'onprem.apps.wiki.health is "/healthz?deep=1", but a path begins with / and has no query: write it like /healthz',
  },
  {
    title: "a misspelled setting",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, replcias: 2 }),
    refusal: "onprem.apps.wiki.replcias is 2, but there is no setting of that name: did you mean replicas?",
  },
  {
    title: "applications without a cluster",
    of: "local",
    change: (d) => delete d.cluster && delete d.callhome,
    refusal:
      'local.apps is ["start-page"], but applications need a cluster, and this environment has none: describe cluster',
  },

  {
    title: "a name that begins with a digit",
    of: "onprem",
    change: (d) => (d.apps["2048"] = app),
    refusal:
      'onprem.apps["2048"] is "2048", but an application\'s name begins with a letter, as Services and Terraform ask of it: choose a shorter or plainer name, like start-page',
  },
  {
    title: "the name of its namespace's own service account",
    of: "onprem",
    change: (d) => (d.apps.default = app),
    refusal:
      'onprem.apps.default is "default", but every namespace has an object of that name already: choose a shorter or plainer name, like start-page',
  },
  {
    title: "a name that every object of JavaScript has",
    of: "onprem",
    change: (d) => (d.apps = { ...d.apps, constructor: app }),
    refusal:
      'onprem.apps.constructor is "constructor", but every object of JavaScript has a part of that name: choose a shorter or plainer name, like start-page',
  },
  {
    title: "an image with capitals",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: "ghcr.io/Acme/wiki:1.4.2" }),
    refusal:
      'onprem.apps.wiki.image is "ghcr.io/Acme/wiki:1.4.2", but an image\'s name has no capitals before its tag: write it like ghcr.io/acme/wiki:1.4.2',
  },
  {
    title: "an own image that is called like what every object has",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: { own: "constructor" } }),
    refusal:
      'onprem.apps.wiki.image.own is "constructor", but every object of JavaScript has a part of that name: choose a shorter or plainer name, like start-page',
  },
  {
    title: "metrics at the root, which the gateway would then close",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, metrics: "/" }),
    refusal:
      'onprem.apps.wiki.metrics is "/", but the path of the metrics is closed to the outside, and this one is the whole application: write it like /metrics',
  },
  {
    title: "a path with an empty part",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, metrics: "//metrics" }),
    refusal: 'onprem.apps.wiki.metrics is "//metrics", but a path has no empty part: write it like /metrics',
  },
  {
    title: "a path that climbs",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, health: "/live/../healthz" }),
    refusal:
      'onprem.apps.wiki.health is "/live/../healthz", but a path has no part that is . or ..: write it like /healthz',
  },
  {
    title: "a path with a % alone",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, health: "/100%" }),
    refusal: 'onprem.apps.wiki.health is "/100%", but behind % stand two hexadecimal digits: write it like /healthz',
  },
  {
    title: "a path with an encoded slash",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, health: "/a%2Fb" }),
    refusal: 'onprem.apps.wiki.health is "/a%2Fb", but a path has no encoded dot or slash: write it like /healthz',
  },
  {
    title: "a password in an address",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { DATABASE_URL: "postgres://wiki:hunter2@pg-1/wiki" } }),
    refusal:
      'onprem.apps.wiki.env.DATABASE_URL is "DATABASE_URL", but it is or holds a secret, and settings stand in manifests for everybody to read: move it to secrets: { DATABASE_URL: { secret: "wiki", key: "..." } }',
  },
  {
    title: "a password in a connection string",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { ConnectionStrings__Wiki: "Host=pg-1;Password=hunter2" } }),
    refusal:
      'onprem.apps.wiki.env.ConnectionStrings__Wiki is "ConnectionStrings__Wiki", but it is or holds a secret, and settings stand in manifests for everybody to read: move it to secrets: { ConnectionStrings__Wiki: { secret: "wiki", key: "..." } }',
  },
  {
    title: "settings of more than 64 KiB",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { ONE: "x".repeat(40_000), TWO: "x".repeat(40_000) } }),
    refusal:
      'onprem.apps.wiki.env is "80006 bytes", but an application\'s settings may have at most 64Ki bytes together: put the text into the image, or let the application fetch it',
  },
  {
    title: "the host of a machine",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, host: "gitlab" }),
    refusal:
      'onprem.apps.wiki.host is "gitlab", but machine gitlab answers under gitlab.corp.acme.example already: give each application a host of its own',
  },
  {
    title: "the host of the registry",
    of: "onprem",
    change: (d) =>
      (d.apps.wiki = { ...app, host: "images" }) &&
      (d.registry = { host: "images.corp.acme.example:5000", project: "platform" }),
    refusal:
      'onprem.apps.wiki.host is "images", but the registry answers under images.corp.acme.example already: give each application a host of its own',
  },
  {
    title: "the host of the cluster's API server",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, host: "k8s" }),
    refusal:
      'onprem.apps.wiki.host is "k8s", but the cluster\'s API server answers under k8s.corp.acme.example already: give each application a host of its own',
  },
  {
    title: "a host that is too long with its domain",
    of: "local",
    change: (d) => {
      d.network.domain = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.test`;
      d.apps["start-page"].host = "start-page";
      delete d.callhome;
    },
    refusal:
      'local.apps.start-page.host is "start-page", but with the environment\'s domain, a domain may have at most 253 characters, this one has 259: choose a shorter host',
  },
  {
    title: "a path longer than a route takes",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, metrics: `/${"x".repeat(1024)}` }),
    refusal: `onprem.apps.wiki.metrics is "/${"x".repeat(117)}…, but a path has at most 1024 characters, this one has 1025: write it like /metrics`,
  },
  {
    title: "an entry of a secret that could be no file",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, secrets: { KEYS: { secret: "wiki", key: ".." } } }),
    refusal:
      "onprem.apps.wiki.secrets.KEYS.key is (not shown), but a key becomes a file's name, and is not . and begins with no ..: name an entry of the secret, like password",
  },
  {
    title: "a setting that ends before its end",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { MOTTO: "a\0b" } }),
    refusal:
      'onprem.apps.wiki.env.MOTTO is "a\\u0000b", but it has characters that no variable of a process can hold: remove them, or write them in Base64',
  },
  {
    title: "a setting with half a character",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, env: { MOTTO: "\ud800" } }),
    refusal:
      'onprem.apps.wiki.env.MOTTO is "\\ud800", but it has characters that no variable of a process can hold: remove them, or write them in Base64',
  },
  {
    title: "a title without words",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, title: "" }),
    refusal: 'onprem.apps.wiki.title is "", but it must not be empty: write it in plain words',
  },
  {
    title: "an image's name with an empty joint",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: "ghcr.io/acme/../wiki:1.4.2" }),
    refusal:
      'onprem.apps.wiki.image is "ghcr.io/acme/../wiki:1.4.2", but an image\'s name consists of parts of a-z and 0-9, joined by ., -, _ or __: write it like ghcr.io/acme/wiki:1.4.2',
  },
  {
    title: "an image from a port that cannot be",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: "registry.acme.example:99999/wiki:1.4.2" }),
    refusal:
      'onprem.apps.wiki.image is "registry.acme.example:99999/wiki:1.4.2", but there is no such port: write it like ghcr.io/acme/wiki:1.4.2',
  },
  {
    title: "an image's name that is too long",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, image: `${"a".repeat(256)}:1` }),
    refusal: `onprem.apps.wiki.image is "${"a".repeat(118)}…, but an image's name has at most 255 characters, this one has 256: write it like ghcr.io/acme/wiki:1.4.2`,
  },
  {
    title: "a call that is listed twice",
    of: "onprem",
    change: (d) => (d.apps.wiki = { ...app, calls: ["start-page", "start-page"] }),
    refusal: 'onprem.apps.wiki.calls[1] is "start-page", but it is listed already: list each application once',
  },
  {
    title: "the host of a service that is no machine's",
    of: "onprem",
    change: (d) => {
      d.services.images.url = "https://images.corp.acme.example";
      d.registry = { host: "registry.acme.example", project: "platform" };
      d.apps.wiki = { ...app, host: "images" };
    },
    refusal:
      'onprem.apps.wiki.host is "images", but service images answers under images.corp.acme.example already: give each application a host of its own',
  },
  {
    title: "the host of the zone of databases",
    of: "aws",
    change: (d) => (d.apps["start-page"].host = "databases"),
    refusal:
      'aws.apps.start-page.host is "databases", but the zone of databases answers under databases.acme.example already: give each application a host of its own',
  },
  {
    title: "a secret that must be of two types",
    of: "onprem",
    change: (d) =>
      (d.apps.wiki = {
        ...app,
        image: "harbor.corp.acme.example/platform/wiki:1.4.2",
        secrets: { REGISTRY: { secret: "harbor-pull", key: "name" } },
      }),
    refusal:
      'onprem.apps.wiki is "Secret dev-apps/harbor-pull", but apps.wiki needs the same one as kubernetes.io/dockerconfigjson, and this as Opaque: give each a Secret of its own',
  },
];
