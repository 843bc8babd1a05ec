import { goCommand } from "../programs";

/** The last commits of both, from before they were archived: what the driver `minio` of an S3 store says to build. */
const versions = {
  server: "0.0.0-20260212201848-7aac2a2c5b7c",
  client: "0.0.0-20250313080218-cf909e1063a9",
};

/** The S3 server that the role s3-store runs, built from its Go module. Only run, as its licence (AGPL) allows. */
export const minio = goCommand({
  name: "minio",
  title: "MinIO",
  time: "about 2 minutes",
  module: "github.com/minio/minio",
  version: versions.server,
});

/** `mc`, with which the role makes buckets, users and policies. */
export const minioClient = goCommand({
  name: "minio-client",
  title: "MinIO's client",
  time: "about 1 minute",
  module: "github.com/minio/mc",
  version: versions.client,
});
