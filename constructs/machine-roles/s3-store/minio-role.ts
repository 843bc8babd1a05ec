import type { Machine } from "../../../platform/machines";
import type { S3StoreService } from "../../../platform/services";
import type { RolePart } from "../compose";
import { dataDisk } from "../data-disk";
import { installed } from "../download";
import { certificateRefs, endOf, plainFile, type RoleFile, secretMark } from "../role-document";
import { accounts, bucketPart } from "./buckets";
import { CLIENT } from "./client";

const SERVER = "/usr/local/bin/minio";
const SETTINGS = "/etc/default/minio";
const UNIT = "/etc/systemd/system/minio.service";
const DATA = "/srv/s3";

/** An S3 store by MinIO: one server on one disk, over TLS, with a key for each bucket. */
export function minioRole(service: S3StoreService, machine: Machine): RolePart[] {
  const files = [settings(service), ...certificateFiles(service), plainFile(UNIT, unitText(service))];
  const { hostName } = machine;
  const answers = `curl --silent --fail --max-time 5 --output /dev/null --resolve ${hostName}:${service.port}:127.0.0.1 ${service.endpoint}/minio/health/live`;
  return [
    dataDisk(machine, { path: DATA, usedBy: "minio.service" }),
    {
      packages: ["curl"],
      commands: [
        {
          purpose: "make the user of the store",
          unless: "id -u minio",
          run: "useradd --system --user-group --no-create-home --shell /usr/sbin/nologin minio",
        },
        installed(service.driver.server, SERVER),
        installed(service.driver.client, CLIENT),
      ],
      files,
      units: [{ name: "minio.service", onChange: "restart", watches: files.map(({ path }) => path) }],
      health: [{ purpose: "the store answers over TLS, with a certificate that machines trust", check: answers }],
      uninstall: [endOf("minio.service")],
    },
    accounts(service),
    ...service.buckets.map((bucket) => bucketPart(service, bucket)),
  ];
}

function settings(service: S3StoreService): RoleFile {
  const { user, password } = service.administrator;
  const lines = [
    `MINIO_ROOT_USER=${secretMark(user)}`,
    `MINIO_ROOT_PASSWORD=${secretMark(password)}`,
    `MINIO_VOLUMES=${DATA}/data`,
    `MINIO_OPTS=--address=:${service.port} --certs-dir=/etc/minio/certs`,
    `MINIO_SITE_REGION=${service.region}`,
    // What people do with the store, they do with its client and their own key.
    "MINIO_BROWSER=off",
    // Metrics are for the environment's networks, as those of the machine are.
    "MINIO_PROMETHEUS_AUTH_TYPE=public",
  ];
  return plainFile(SETTINGS, `${lines.join("\n")}\n`, { mode: "0600", secretRefs: [user, password] });
}

/** Root's files; the unit hands copies of them to the server's user, which has no right to these. */
function certificateFiles({ certificate }: S3StoreService): RoleFile[] {
  const { chain, key } = certificateRefs(certificate);
  const file = (name: string, ref: typeof chain, mode: string) =>
    plainFile(`/etc/minio/${name}`, `${secretMark(ref)}\n`, { mode, secretRefs: [ref] });
  return [file("public.crt", chain, "0644"), file("private.key", key, "0600")];
}

/** The first port that whoever runs may listen on; below it only root may, or who has the right to. Source: ip_unprivileged_port_start. */
const FIRST_OPEN_PORT = 1024;

/** It names the digest of the server, so that another server is another unit, and restarted. */
function unitText({ driver, port }: S3StoreService): string {
  return `# Written by Bastide; a change made here is undone by the next application.
# ${SERVER} is ${driver.server.sha256}
[Unit]
Description=S3 store
Wants=network-online.target
After=network-online.target
RequiresMountsFor=${DATA}

[Service]
Type=notify
User=minio
Group=minio
EnvironmentFile=${SETTINGS}
${port < FIRST_OPEN_PORT ? "AmbientCapabilities=CAP_NET_BIND_SERVICE\n" : ""}ExecStartPre=+/usr/bin/install -d -o minio -g minio -m 0750 ${DATA} ${DATA}/data /etc/minio/certs
ExecStartPre=+/usr/bin/install -o minio -g minio -m 0644 /etc/minio/public.crt /etc/minio/certs/public.crt
ExecStartPre=+/usr/bin/install -o minio -g minio -m 0600 /etc/minio/private.key /etc/minio/certs/private.key
ExecStart=${SERVER} server $MINIO_OPTS $MINIO_VOLUMES
Restart=always
RestartSec=2
LimitNOFILE=65536
TasksMax=infinity
TimeoutStartSec=60
TimeoutStopSec=60
NoNewPrivileges=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=full

[Install]
WantedBy=multi-user.target
`;
}
