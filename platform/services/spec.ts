import { z } from "zod";
import { label } from "../shared/fields";
import { haproxySpec } from "./haproxy";

/** What machines serve, by a name of the environment's own. */
export const servicesSpec = z.record(label(), z.discriminatedUnion("kind", [haproxySpec])).default({});
