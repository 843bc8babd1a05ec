import { stringify } from "yaml";
import type { HarborDatabase, HarborService } from "../../../platform/services";
import { HARBOR_METRICS_PORT } from "../../../platform/services";
import type { S3Target } from "../../../platform/shared/s3-target";
import type { SecretRef } from "../../../platform/shared/secrets";
import { downloads } from "../../../platform/versions/downloads";
import { certificateRefs, plainFile, type RoleFile, secretMark } from "../role-document";

/** Where Harbor keeps everything: database, keys, and images where no bucket has them. */
export const DATA = "/srv/harbor";
export const CONFIGURATION = "/etc/harbor/harbor.yml";
const CERTIFICATE = "/etc/harbor/server.crt";
const KEY = "/etc/harbor/server.key";
const AUTHORITIES = "/etc/harbor/authorities.crt";

/** Everything that Harbor's installer reads. Source: goharbor/harbor v2.15.2, make/harbor.yml.tmpl. */
export interface HarborConfiguration {
  readonly hostname: string;
  readonly http: { readonly port: number };
  readonly https?: { readonly port: number; readonly certificate: string; readonly private_key: string };
  readonly harbor_admin_password: string;
  readonly database?: {
    readonly password: string;
    readonly max_idle_conns: number;
    readonly max_open_conns: number;
  };
  readonly external_database?: {
    readonly harbor: {
      readonly host: string;
      readonly port: number;
      readonly db_name: string;
      readonly username: string;
      readonly password: string;
      readonly ssl_mode: "require" | "verify-ca" | "verify-full";
      readonly max_idle_conns: number;
      readonly max_open_conns: number;
    };
  };
  readonly data_volume: string;
  readonly storage_service?: {
    readonly ca_bundle?: string;
    readonly s3?: {
      readonly region: string;
      readonly regionendpoint?: string;
      readonly bucket: string;
      readonly accesskey: string;
      readonly secretkey: string;
      readonly forcepathstyle: boolean;
      readonly secure: boolean;
      readonly v4auth: boolean;
    };
    readonly filesystem?: { readonly maxthreads: number };
    readonly redirect: { readonly disable: boolean };
  };
  readonly trivy: { readonly ignore_unfixed: boolean; readonly skip_update: boolean; readonly insecure: boolean };
  readonly jobservice: {
    readonly max_job_workers: number;
    readonly max_job_duration_hours: number;
    readonly job_loggers: readonly ("STD_OUTPUT" | "FILE" | "DB")[];
    /** In days. */
    readonly logger_sweeper_duration: number;
  };
  readonly notification: { readonly webhook_job_max_retry: number; readonly webhook_job_http_client_timeout: number };
  readonly log: {
    readonly level: "debug" | "info" | "warning" | "error" | "fatal";
    readonly local: { readonly rotate_count: number; readonly rotate_size: string; readonly location: string };
  };
  readonly metric: { readonly enabled: boolean; readonly port: number; readonly path: string };
  readonly upload_purging: {
    readonly enabled: boolean;
    readonly age: string;
    readonly interval: string;
    readonly dryrun: boolean;
  };
  readonly cache: { readonly enabled: boolean; readonly expire_hours: number };
  readonly _version: string;
}

/** What the configuration is made of besides the service itself. */
export interface ConfigurationNeeds {
  /** Where images lie; nothing where they lie on the machine. */
  readonly images: S3Target | undefined;
  /** Certificates of the company's authorities, as PEM. */
  readonly authorities: readonly { readonly pem: string }[];
}

/** harbor.yml, what it names, and nothing that Harbor would otherwise choose by itself. */
export function configurationFiles(service: HarborService, needs: ConfigurationNeeds): RoleFile[] {
  const { certificate, database, adminPassword } = service;
  const text = stringify(harborConfiguration(service, needs), { lineWidth: 0, defaultStringType: "PLAIN" });
  const key = needs.images?.accessKey;
  const configuration = plainFile(CONFIGURATION, `# Written by Bastide.\n${text}`, {
    mode: "0600",
    secretRefs: [adminPassword, database.password, ...(key ? [key.id, key.secret] : [])],
    validate: `python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$candidate"`,
  });
  const pair = certificate && certificateRefs(certificate);
  return [
    ...(pair ? [secretFile(CERTIFICATE, pair.chain, "0644"), secretFile(KEY, pair.key, "0600")] : []),
    ...(needs.authorities.length > 0 ? [plainFile(AUTHORITIES, needs.authorities.map(({ pem }) => pem).join(""))] : []),
    configuration,
  ];
}

function secretFile(path: string, ref: SecretRef, mode: string): RoleFile {
  return plainFile(path, `${secretMark(ref)}\n`, { mode, secretRefs: [ref] });
}

function harborConfiguration(service: HarborService, { images, authorities }: ConfigurationNeeds): HarborConfiguration {
  const { host, port, secure, adminPassword } = service;
  return {
    hostname: host,
    // Harbor publishes it in any case, to send people on; the firewall keeps it closed where it is not the registry's own.
    http: { port: secure ? 80 : port },
    ...(secure && { https: { port, certificate: CERTIFICATE, private_key: KEY } }),
    // Counts when Harbor first starts, and never again.
    harbor_admin_password: secretMark(adminPassword),
    ...databaseOf(service.database),
    data_volume: DATA,
    storage_service: {
      // Every container trusts them: for the bucket, and for the identity provider too.
      ...(authorities.length > 0 && { ca_bundle: AUTHORITIES }),
      ...(images ? { s3: bucketOf(images) } : { filesystem: { maxthreads: 100 } }),
      // Clients know Harbor's address and trust its certificate; of the store they know nothing.
      redirect: { disable: true },
    },
    trivy: { ignore_unfixed: false, skip_update: false, insecure: false },
    jobservice: {
      max_job_workers: 10,
      max_job_duration_hours: 24,
      job_loggers: ["STD_OUTPUT", "FILE"],
      logger_sweeper_duration: 14,
    },
    notification: { webhook_job_max_retry: 3, webhook_job_http_client_timeout: 3 },
    // Each of its nine parts writes one log: at most 1.8 GB in all.
    log: { level: "info", local: { rotate_count: 10, rotate_size: "20M", location: "/var/log/harbor" } },
    metric: { enabled: true, port: HARBOR_METRICS_PORT, path: "/metrics" },
    upload_purging: { enabled: true, age: "168h", interval: "24h", dryrun: false },
    cache: { enabled: true, expire_hours: 24 },
    _version: downloads.harbor.configuration,
  };
}

/** Connections as Harbor's template has them: its own database takes 1024. One elsewhere serves others too. */
function databaseOf(database: HarborDatabase): Pick<HarborConfiguration, "database" | "external_database"> {
  const password = secretMark(database.password);
  if (database.kind === "built-in") return { database: { password, max_idle_conns: 100, max_open_conns: 900 } };
  const { host, port, name, user, tls } = database;
  const connection = { host, port, db_name: name, username: user, password, ssl_mode: tls };
  return { external_database: { harbor: { ...connection, max_idle_conns: 10, max_open_conns: 100 } } };
}

function bucketOf({ endpoint, bucket, region, pathStyle, accessKey }: S3Target) {
  return {
    region,
    ...(endpoint !== undefined && { regionendpoint: endpoint }),
    bucket,
    accesskey: accessKey ? secretMark(accessKey.id) : "",
    secretkey: accessKey ? secretMark(accessKey.secret) : "",
    forcepathstyle: pathStyle,
    secure: true,
    v4auth: true,
  };
}
