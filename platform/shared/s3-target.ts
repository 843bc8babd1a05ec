import type { SecretRef } from "./secrets";

/**
 * A bucket that something writes to (backups, logs, images), and all that its client must be told. The same for AWS, for a
 * store on a machine of ours and for a gateway of Ceph, so that no consumer asks which of them it is.
 */
export interface S3Target {
  /** `https://s3-1.corp.example.com:9000`, or nothing for the address that AWS has in `region`. */
  readonly endpoint: string | undefined;
  readonly bucket: string;
  readonly region: string;
  /** Whether the bucket stands in the path (`https://host/bucket`) and not in the host name; AWS alone takes the latter. */
  readonly pathStyle: boolean;
  /** Certificate of the authority that signed the endpoint's, as PEM; nothing where every client trusts it already. */
  readonly ca: string | undefined;
  /** Where the key is, or nothing where the consumer has the rights of an AWS role instead of a key. */
  readonly accessKey: S3AccessKey | undefined;
}

/** The two halves of an access key, as entries of a secret. */
export interface S3AccessKey {
  readonly id: SecretRef;
  readonly secret: SecretRef;
}
