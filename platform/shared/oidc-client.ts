import { z } from "zod";
import { address, label } from "./fields";
import type { SecretRef } from "./secrets";

/** A client of an identity provider, as something that people sign in to must know it. */
export interface OidcClient {
  /** `https://id.example.com/realms/acme`: what the tokens name, and where discovery begins. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: SecretRef;
  /** Claim of the token that lists the groups of whoever signs in. */
  readonly groupsClaim: string;
}

/** A client that somebody has registered already, in a Keycloak for instance. */
export const existingOidcClient = z.strictObject({
  kind: z.literal("existing"),
  issuer: address(
    /^https:\/\/[\w.-]+(:\d+)?(\/[\w.~%/-]*)?$/,
    "an issuer is an https address, as the tokens name it",
    "write it like https://id.example.com/realms/acme",
  ),
  clientId: z.string().min(1),
  /** Secret whose entry `client-secret` is what the client proves itself with. */
  secret: label(),
  groupsClaim: z.string().min(1).default("groups"),
});

export function resolveOidcClient({ secret, ...client }: z.output<typeof existingOidcClient>): OidcClient {
  const { issuer, clientId, groupsClaim } = client;
  return { issuer, clientId, groupsClaim, clientSecret: { secret, key: "client-secret" } };
}
