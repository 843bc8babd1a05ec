import { z } from "zod";
import { serverCertificate } from "../../shared/certificate";
import { download } from "../../shared/download";
import { address, byteSize, cidr, cron, domainName, ipAddress, label, pattern, port, words } from "../../shared/fields";
import { existingOidcClient } from "../../shared/oidc-client";
import { ref } from "../../shared/references";
import { waiver } from "../../shared/waiver";

/** What PostgreSQL may call something, with the hyphens that it takes between quotes: Harbor names it in a connection alone. */
const databaseName = pattern(
  /^[a-z0-9_][a-z0-9_-]{0,62}$/,
  "a name in PostgreSQL consists of at most 63 of a-z, 0-9, _ and -",
  "write it like harbor_registry",
);

/** PostgreSQL that Harbor brings itself, or one that runs elsewhere. */
const database = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("built-in") }),
  z.strictObject({
    kind: z.literal("external"),
    /** As its certificate names it: a host name, or an address. */
    host: z.union([domainName(), ipAddress()]),
    port: port().default(5432),
    name: databaseName,
    user: databaseName,
    /** Secret whose entry `password` is the user's. */
    secret: label(),
    /** How far TLS to it is checked. */
    tls: z.enum(["require", "verify-ca", "verify-full"]).default("verify-full"),
  }),
]);

/** Where layers of images lie. */
const imageStore = z.discriminatedUnion("kind", [
  /** On the machine's data disk. */
  z.strictObject({ kind: z.literal("local") }),
  /** In a bucket of a store of this environment. */
  z.strictObject({ kind: z.literal("s3"), service: label(), bucket: z.string().min(3) }),
]);

/** Where its database and the key that its secrets are encrypted with are copied to, every day. */
const backup = z.discriminatedUnion("kind", [
  /** In a bucket of a store of this environment; best one whose objects are locked. */
  z.strictObject({
    kind: z.literal("s3"),
    service: label(),
    bucket: z.string().min(3),
    /** In UTC. */
    at: pattern(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day has hours and minutes", "write it like 01:30").default(
      "02:00",
    ),
  }),
  /** Nowhere: who can pull what, and every robot's password, would be lost with the machine. */
  z.strictObject({ kind: z.literal("none"), waiver: waiver() }),
]);

/** Registries that Harbor can stand in front of, by the names of its own API. */
export const cachedRegistries = [
  "docker-hub",
  "docker-registry",
  "github-ghcr",
  "quay",
  "harbor",
  "google-gcr",
] as const;

const project = z.strictObject({
  /** Whether everybody may pull. */
  public: z.boolean().default(false),
  /** The most that its images may take together. */
  quota: byteSize().optional(),
  /** Images that stay of each repository, counted from the last pushed; without it all stay. */
  keepLast: z.int().min(1).optional(),
  /** Where a project's images come from when somebody asks for one that is not there. */
  caches: z
    .strictObject({
      registry: z.enum(cachedRegistries),
      endpoint: address(
        /^https:\/\/[\w.-]+(:\d+)?$/,
        "a registry is asked over https",
        "write it like https://registry-1.docker.io",
      ),
    })
    .optional(),
});

/** An account for machines. Its secret is the operator's, so that it can be rotated without Harbor telling anybody. */
const robot = z.strictObject({
  project: z.string().min(1),
  may: z.enum(["pull", "push"]),
  /** Secret whose entry `token` is its password. */
  secret: label(),
});

/** A container registry on one machine. */
export const harborSpec = z.strictObject({
  kind: z.literal("harbor"),
  machine: ref("machine"),
  /** What people and nodes call it. */
  url: address(
    /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/,
    "the address of a registry has a scheme, a host and perhaps a port",
    "write it like https://harbor.example.com",
  ),
  /** Harbor's offline installer of the catalogue's version. */
  installer: download(),
  /** Docker's compose plugin, which Debian does not have. */
  compose: download(),
  certificate: serverCertificate().optional(),
  /** Who signs people in. It is set before Harbor first starts, because it cannot be changed once a person has signed in. */
  oidc: existingOidcClient,
  /** Group of the identity provider whose members administer Harbor. */
  adminGroup: words(),
  database: database.prefault({ kind: "built-in" }),
  storage: imageStore.prefault({ kind: "local" }),
  backup,
  /** Whether images are scanned for what is known to be wrong with them, and when all are scanned again. */
  scan: z.strictObject({ schedule: cron().default("30 2 * * *") }).prefault({}),
  /** When layers that no image has any more are removed, in UTC. */
  collectGarbage: cron().default("30 3 * * 0"),
  projects: z.record(label(), project).default({}),
  robots: z.record(label(), robot).default({}),
  /** Networks whose clients may connect; the environment's own where none is named. */
  openTo: z.array(cidr()).min(1).optional(),
});
