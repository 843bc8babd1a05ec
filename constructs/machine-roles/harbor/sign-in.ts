import type { HarborService } from "../../../platform/services";
import { plainFile, type RoleFile, secretMark } from "../role-document";

/** Where Harbor's settings are for its container `core` alone: they hold the client's secret. */
export const CORE_VARIABLES = "/etc/harbor/core.env";

/** Where Harbor waits for people who come back from their identity provider: what its client must be allowed to send them to. */
export function redirectOf({ url }: HarborService): string {
  return `${url}/c/oidc/callback`;
}

/**
 * Harbor's own settings, by the names of its API (`/api/v2.0/configurations`). Harbor takes them from CONFIG_OVERWRITE_JSON on each
 * start, before it answers anybody, and from then on refuses to have any setting changed by hand. So all are here: whoever signs in
 * first finds OIDC, and the kind of sign-in cannot be changed once a person exists.
 * Source: goharbor/harbor, src/controller/config/controller.go and src/lib/config/metadata/metadatalist.go.
 */
export function harborSettings({ oidc, adminGroup }: HarborService): Record<string, string | number | boolean> {
  return {
    auth_mode: "oidc_auth",
    // The page of sign-in leads to the provider at once; the emergency user has /account/sign-in.
    primary_auth_mode: true,
    oidc_name: "sign-in",
    oidc_endpoint: oidc.issuer,
    oidc_client_id: oidc.clientId,
    oidc_client_secret: secretMark(oidc.clientSecret),
    // Without offline_access the provider would end what `docker login` uses with the person's session.
    oidc_scope: "openid,profile,email,offline_access",
    oidc_user_claim: "preferred_username",
    oidc_groups_claim: oidc.groupsClaim,
    oidc_admin_group: adminGroup,
    oidc_verify_cert: true,
    oidc_auto_onboard: true,
    self_registration: false,
    project_creation_restriction: "adminonly",
    quota_per_project_enable: true,
    robot_name_prefix: "robot$",
  };
}

/**
 * As a file of variables. A value between single quotes is taken as it is by docker compose, but cannot hold one; in JSON it can be
 * written otherwise.
 */
export function coreVariables(service: HarborService): RoleFile {
  const json = JSON.stringify(harborSettings(service)).replaceAll("'", "\\u0027");
  return plainFile(CORE_VARIABLES, `CONFIG_OVERWRITE_JSON='${json}'\n`, {
    mode: "0600",
    secretRefs: [service.oidc.clientSecret],
    // A secret with a quote or a backslash in it would break the text, and Harbor would not start.
    validate: `sed -n "s/^CONFIG_OVERWRITE_JSON='\\([^']*\\)'$/\\1/p" "$candidate" | python3 -m json.tool`,
  });
}
