import type { z } from "zod";
import type { Cidr } from "../../shared/addresses";
import type { ServerCertificate } from "../../shared/certificate";
import type { Download } from "../../shared/download";
import type { Duration } from "../../shared/quantities";
import type { S3Target } from "../../shared/s3-target";
import type { SecretRef } from "../../shared/secrets";
import type { Waiver } from "../../shared/waiver";
import { member, type OpenPort, type ServiceBasics, type ServiceNeeds } from "../shared";
import type { s3StoreSpec } from "./spec";

export interface StoreBucket {
  readonly name: string;
  readonly versioning: boolean;
  readonly lock?: Duration;
  readonly keepVersions?: Duration;
  readonly keep?: Duration;
  /** What its consumer must be told: its access key, too, which lies on the machine and wherever the consumer runs. */
  readonly target: S3Target;
}

export interface MinioDriver {
  readonly name: "minio";
  readonly server: Download;
  readonly client: Download;
  readonly waiver: Waiver;
}

export interface S3StoreService extends ServiceBasics {
  readonly kind: "s3-store";
  readonly driver: MinioDriver;
  readonly certificate: ServerCertificate;
  readonly region: string;
  readonly port: number;
  readonly openTo: readonly Cidr[];
  /** `https://s3-1.corp.example.com:9000`. */
  readonly endpoint: string;
  readonly buckets: readonly StoreBucket[];
  /** Who may do everything in it. */
  readonly administrator: { readonly user: SecretRef; readonly password: SecretRef };
}

export function resolveS3Store(name: string, spec: z.output<typeof s3StoreSpec>, needs: ServiceNeeds): S3StoreService {
  const { machine: key, openTo, buckets, ...rest } = spec;
  const one = member(needs, key);
  const endpoint = `https://${one.machine?.hostName ?? key}:${spec.port}`;
  return {
    ...rest,
    name,
    machines: [one],
    openTo: openTo ?? needs.network.blocks,
    endpoint,
    administrator: {
      user: { secret: `${name}-root`, key: "user" },
      password: { secret: `${name}-root`, key: "password" },
    },
    buckets: Object.entries(buckets).map(([bucket, settings]) => {
      const secret = `${name}-${bucket}`;
      return {
        ...settings,
        name: bucket,
        target: {
          endpoint,
          bucket,
          region: spec.region,
          pathStyle: true,
          ca: needs.base.authorities.map(({ pem }) => pem).join("") || undefined,
          accessKey: {
            id: { secret, key: "access-key" },
            secret: { secret, key: "secret-key" },
          },
        },
      };
    }),
  };
}

export function s3StorePorts({ name, port, openTo }: S3StoreService): OpenPort[] {
  return [{ protocol: "tcp", port, from: openTo, purpose: "S3", setting: ["services", name, "port"] }];
}
