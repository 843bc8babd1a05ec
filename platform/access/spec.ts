import { z } from "zod";
import { byteSize, cpu, label, pattern } from "../shared/fields";
import { LOGIN_NAME } from "../shared/names";
import { ref } from "../shared/references";
import { person } from "./person";

const loginName = () =>
  pattern(
    LOGIN_NAME,
    "a user's name begins with a letter and has at most 32 of a-z, 0-9, - and _",
    "write it like ada",
  );

/** People who work together, known to clusters by the groups of the company's identity provider. */
const team = z.strictObject({
  /** Groups as the identity provider (or EKS access entry) names them. */
  groups: z.array(z.string().min(1)).min(1),
  /**
   * `platform` runs the platform: everything, everywhere. `developers` run their own applications: they manage workloads in
   * their team's namespaces, see the rest of the cluster but no secret, and change no quota, right or network policy.
   */
  role: z.enum(["platform", "developers"]),
});

/** A namespace for applications; those of components are made by the components. */
const namespace = z.strictObject({
  team: ref("team"),
  /** Pod Security level that the API server enforces. */
  podSecurity: z.enum(["restricted", "baseline", "privileged"]).default("restricted"),
  /** The most that all pods of the namespace may ask for together. */
  quota: z.strictObject({ cpu: cpu(), memory: byteSize(), pods: z.int().min(1).default(50) }),
});

export const accessSpec = z
  .strictObject({
    teams: z.record(label(), team).default({}),
    /** Who works on machines, by the name they sign in with. Taking somebody out of it ends their access everywhere. */
    people: z.record(loginName(), person).default({}),
    namespaces: z.record(label(), namespace).default({}),
  })
  .prefault({});
