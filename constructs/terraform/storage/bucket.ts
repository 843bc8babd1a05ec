import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Bucket as BucketModel } from "../../../platform/storage";
import { addressName } from "../shared/address-name";
import { lifecycleOf } from "../shared/removal";

export interface BucketProps {
  readonly bucket: BucketModel;
}

const SECONDS_PER_DAY = 86_400;

/** Parts of an upload that nobody finished are paid for until they are removed; no upload of ours takes a week. */
const UNFINISHED_UPLOAD_DAYS = 7;

/** A private bucket that keeps earlier versions, encrypts what it stores and is reached by TLS only. */
export class Bucket extends Construct {
  readonly #bucket: S3Bucket;
  readonly #key: string;

  constructor(scope: Construct, id: string, { bucket }: BucketProps) {
    super(scope, id);
    this.#key = bucket.key;
    this.#bucket = this.addBucket(bucket);

    const versioning = this.addVersioning();
    this.addEncryption();
    this.addOwnership();
    this.addPolicy(this.addPublicAccessBlock());
    this.addExpiry(bucket.keepVersions.seconds / SECONDS_PER_DAY, versioning);
    if (bucket.formerly !== undefined) this.moveFrom(bucket.formerly);
  }

  /** Its name, for what must be made after it. */
  get id(): string {
    return this.#bucket.id;
  }

  private addBucket({ key, name, purpose, removal }: BucketModel): S3Bucket {
    return new S3Bucket(this, key, {
      bucket: name,
      // With objects in it a bucket can only be destroyed where that was said in advance.
      forceDestroy: removal === "destroy",
      lifecycle: lifecycleOf(removal),
      tags: { purpose },
    });
  }

  private addVersioning(): S3BucketVersioningA {
    return new S3BucketVersioningA(this, `${this.#key}:versioning`, {
      bucket: this.#bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
  }

  /** With S3's own keys: no key of ours that could be lost, and no price for each request. */
  private addEncryption(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, `${this.#key}:encryption`, {
      bucket: this.#bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
  }

  /** Access lists are off: rights come from policies alone, and every object is the account's. */
  private addOwnership(): void {
    new S3BucketOwnershipControls(this, `${this.#key}:ownership`, {
      bucket: this.#bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  }

  private addPublicAccessBlock(): S3BucketPublicAccessBlock {
    return new S3BucketPublicAccessBlock(this, `${this.#key}:public`, {
      bucket: this.#bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
  }

  private addPolicy(publicAccess: S3BucketPublicAccessBlock): void {
    const { arn } = this.#bucket;
    new S3BucketPolicy(this, `${this.#key}:policy`, {
      bucket: this.#bucket.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
      // S3 refuses two changes of a bucket's access at the same moment.
      dependsOn: [publicAccess],
    });
  }

  private addExpiry(keepVersionsDays: number, versioning: S3BucketVersioningA): void {
    new S3BucketLifecycleConfiguration(this, `${this.#key}:expiry`, {
      bucket: this.#bucket.id,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: keepVersionsDays }],
          // The mark of a deletion goes when the last version behind it is gone.
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
        {
          id: "unfinished-uploads",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: UNFINISHED_UPLOAD_DAYS }],
        },
      ],
      // A rule about old versions is refused as long as there are none.
      dependsOn: [versioning],
    });
  }

  /** The bucket keeps its name, so everything that describes it moves with it. */
  private moveFrom(former: string): void {
    for (const resource of this.node.children as TerraformResource[]) {
      resource.moveFromId(`${resource.terraformResourceType}.${addressName(former)}`);
    }
  }
}
