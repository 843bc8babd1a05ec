/**
 * The import table of the house (docs/adr/0008-rooms.md): each room and what it may import. Everything else is refused.
 * One rule a room, so that a violation names the room and what it reached for.
 */
const rooms = {
  environments: ["^environments/", "^platform/"],
  platform: ["^platform/", "^node_modules/zod/"],
  "constructs/kubernetes": [
    "^constructs/(kubernetes|imports)/",
    "^platform/",
    "^crypto$",
    "^node_modules/(cdk8s|cdk8s-plus-27|constructs)/",
  ],
  charts: [
    "^charts/",
    "^constructs/(kubernetes|imports)/",
    "^platform/",
    "^node_modules/(cdk8s|cdk8s-plus-27|constructs)/",
  ],
  "constructs/terraform": [
    "^constructs/(terraform|machine-roles)/",
    "^platform/",
    "^zlib$",
    "^node_modules/(cdktf|constructs|@cdktf/provider-(aws|helm)/lib/[a-z0-9-]+)/",
  ],
  stacks: [
    "^stacks/",
    "^constructs/(terraform|machine-roles)/",
    "^platform/",
    "^node_modules/(cdktf|constructs|@cdktf/provider-(aws|helm)/lib/[a-z0-9-]+)/",
  ],
  "constructs/machine-roles": ["^constructs/machine-roles/", "^platform/", "^(crypto|fs|path)$", "^node_modules/yaml/"],
  "constructs/imports": ["^constructs/imports/", "^platform/shared/", "CORE"],
  assembly: [
    "^assembly/",
    "^charts/",
    "^stacks/",
    "^platform/",
    "^constructs/imports/",
    "^node_modules/(cdktf|cdk8s|constructs|zod|js-yaml)/",
    "CORE",
  ],
  preview: ["^preview/", "^assembly/", "^platform/", "^node_modules/", "CORE"],
};

const inPattern = (room) => room.replace("/", "\\/");

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => {
      const paths = allowed.filter((path) => path !== "CORE");
      return {
        name: `room-${room.replace("/", "-")}`,
        comment: `${room}/ may import only what the table of rooms allows`,
        severity: "error",
        from: { path: `^${inPattern(room)}/` },
        to: { pathNot: paths, ...(allowed.includes("CORE") ? { dependencyTypesNot: ["core"] } : {}) },
      };
    }),
    {
      name: "user-edits-environments-only",
      comment: "an environment is data: it needs defineEnvironment and nothing else of the model",
      severity: "error",
      from: { path: "^environments/(?!index)" },
      to: { pathNot: "^platform/environment-spec\\.ts$" },
    },
    {
      name: "no-circles",
      comment: "data flows one way",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
    {
      name: "no-development-tools-in-the-program",
      comment: "what the program loads is a dependency, not a devDependency",
      severity: "error",
      from: { path: "^(main\\.ts|cli/(bastide|program)\\.ts|environments|platform|constructs|charts|stacks|assembly)" },
      to: { dependencyTypes: ["npm-dev"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    preserveSymlinks: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "^(apps|cdktf\\.out|dist|\\.cache|stubs)/" },
  },
};
