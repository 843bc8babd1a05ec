import { z } from "zod";
import { label } from "../shared/fields";
import { haproxySpec } from "./haproxy/spec";
import { harborSpec } from "./harbor/spec";
import { nfsServerSpec } from "./nfs-server/spec";
import { s3StoreSpec } from "./s3-store/spec";

/** What machines serve, by a name of the environment's own. */
export const servicesSpec = z
  .record(label(), z.discriminatedUnion("kind", [haproxySpec, nfsServerSpec, s3StoreSpec, harborSpec]))
  .default({});
