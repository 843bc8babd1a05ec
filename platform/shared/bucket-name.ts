const RESERVED_STARTS = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

/**
 * Why a bucket may not be called so, in AWS or in a store of our own; nothing if it may. Source: S3 user guide, "Bucket naming
 * rules". Dots are left out on purpose: they break TLS of virtual-host addresses.
 */
export function bucketNameFault(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return `a bucket's name has 3 to 63 characters, this one has ${name.length}`;
  if (!/^[a-z0-9][a-z0-9-]*[a-z0-9]$/.test(name)) return "a bucket's name consists of a-z, 0-9 and -";
  if (RESERVED_STARTS.some((start) => name.startsWith(start)) || RESERVED_ENDS.some((end) => name.endsWith(end))) {
    return "the name is reserved by S3";
  }
  return undefined;
}
