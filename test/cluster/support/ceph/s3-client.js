/**
 * A client of a bucket that knows nothing but what our S3Target says, and a key: `node s3-client.js TARGET`, with the key in the
 * environment. Prints what became of each call.
 */
const sdk = require("@aws-sdk/client-s3");
const { createHash, randomBytes } = require("node:crypto");

const { endpoint, bucket: Bucket, region, pathStyle } = JSON.parse(process.argv[2]);
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
/** The least that S3 takes for any part but the last. */
const PART = 5 * 1024 * 1024;

async function main() {
  const client = new sdk.S3Client({
    endpoint,
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId: process.env.KEY_ID, secretAccessKey: process.env.KEY_SECRET },
    ...(process.env.CHECKSUMS && { requestChecksumCalculation: process.env.CHECKSUMS }),
  });
  const send = (name, input = {}) => client.send(new sdk[`${name}Command`]({ Bucket, ...input }));
  const bytesOf = async (Key) => Buffer.from(await (await send("GetObject", { Key })).Body.transformToByteArray());

  await send("CreateBucket");
  const small = Buffer.from("a backup");
  await send("PutObject", { Key: "folder/small", Body: small });
  const large = randomBytes(PART + 1000);
  const Key = "folder/large";
  const { UploadId } = await send("CreateMultipartUpload", { Key });
  const parts = [];
  for (const [index, Body] of [large.subarray(0, PART), large.subarray(PART)].entries()) {
    const { ETag } = await send("UploadPart", { Key, UploadId, PartNumber: index + 1, Body });
    parts.push({ ETag, PartNumber: index + 1 });
  }
  await send("CompleteMultipartUpload", { Key, UploadId, MultipartUpload: { Parts: parts } });
  const listed = (await send("ListObjectsV2", { Prefix: "folder/" })).Contents.map(({ Key: key, Size }) => [key, Size]);
  const same = [digest(await bytesOf("folder/small")) === digest(small), digest(await bytesOf(Key)) === digest(large)];
  await send("DeleteObjects", { Delete: { Objects: listed.map(([key]) => ({ Key: key })) } });
  const left = (await send("ListObjectsV2")).KeyCount;
  await send("DeleteBucket");
  console.log(JSON.stringify({ listed, same, left }));
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
