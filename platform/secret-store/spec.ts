import { z } from "zod";
import { address, duration, label } from "../shared/fields";

/** AWS Secrets Manager in the environment's own account and region, read by pods of EKS with a role of their own. */
const awsSecretsManager = z.strictObject({ kind: z.literal("aws-secrets-manager") });

/** HashiCorp Vault or OpenBao with the KV engine, version 2, which knows the cluster's service accounts. */
const vault = z.strictObject({
  kind: z.literal("vault"),
  server: address(
    /^https:\/\/[\w.-]+(:\d+)?$/,
    "secrets travel over HTTPS only",
    "write it like https://vault.example.com:8200",
  ),
  /** Where the KV engine is mounted. */
  path: label().prefault("secret"),
  /** Where the cluster's Kubernetes authentication is mounted. */
  mount: label().prefault("kubernetes"),
  /** Role of that authentication, bound to the service account `external-secrets` in the namespace `external-secrets`. */
  role: label().prefault("external-secrets"),
});

/** Who delivers the secrets that the cluster's workloads require. */
export const secretStoreSpec = z
  .discriminatedUnion("kind", [
    /** Somebody makes each of them by hand; `npm run secrets` says which, and with which command. */
    z.strictObject({ kind: z.literal("operator-created") }),
    /** External Secrets fetches each of them from where the company keeps its secrets, and goes on doing so. */
    z.strictObject({
      kind: z.literal("external-secrets"),
      from: z.discriminatedUnion("kind", [awsSecretsManager, vault]),
      /** How soon a changed secret arrives in the cluster. */
      refresh: duration().prefault("15m"),
    }),
  ])
  .prefault({ kind: "operator-created" });
