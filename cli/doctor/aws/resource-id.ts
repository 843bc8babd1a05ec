/** A resource that exists in AWS, by what AWS calls it. */
export interface AwsResource {
  /** E.g. `ec2`. */
  readonly service: string;
  /** E.g. `vpc`; of S3, whose ARNs name none, `bucket`. */
  readonly type: string;
  /** What stands behind the type: `vpc-0a1b`, a name, or a path of names. */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One word for a resource, the same whether its ARN or its id was told: `ec2:vpc/vpc-0a1b`. */
export function keyOf({ service, type, id }: Pick<AwsResource, "service" | "type" | "id">): string {
  return `${service}:${type}/${id}`;
}

/**
 * The parts of an ARN. After the account it reads `type/id`, `type:id`, or, of S3, the id alone; CloudWatch puts `:*` behind a
 * log group.
 */
export function partsOf(arn: string): Pick<AwsResource, "service" | "type" | "id"> {
  const [, , service = "", , , ...rest] = arn.split(":");
  const name = rest.join(":").replace(/:\*$/, "");
  if (service === "s3") return { service, type: "bucket", id: name };
  const [, type = "", id = ""] = /^([\w-]+)[:/](.*)$/.exec(name) ?? [];
  return { service, type, id };
}
