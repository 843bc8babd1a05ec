import type { App } from "cdktf";
import { Bucket } from "../constructs/terraform/storage/bucket";
import type { Platform } from "../platform/platform";
import { AwsStack } from "./aws-stack";
import type { StackSetting } from "./environment-stack";

/** Buckets: data that has a name of ours, and so needs no id of another stack. */
export class DataStack extends AwsStack {
  /** Whether the environment has such a stack at all: without a bucket too, so that a plan tells of the last one's removal. */
  static wants({ network }: Platform): boolean {
    return network.kind === "vpc";
  }

  constructor(scope: App, platform: Platform, setting: StackSetting) {
    const { name, network, storage } = platform;
    if (network.kind !== "vpc")
      throw new Error(`${name} has no AWS account, so it has no data stack: ask DataStack.wants first`);
    super(scope, `${name}-data`, platform, setting, network);

    for (const bucket of storage.buckets) new Bucket(this, `bucket_${bucket.key}`, { bucket });
  }
}
