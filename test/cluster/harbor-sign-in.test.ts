import { harborSettings, redirectOf } from "../../constructs/machine-roles/harbor/sign-in";
import { Platform } from "../../platform/platform";
import type { HarborService } from "../../platform/services";
import { changed } from "../support/environments";
import { tier } from "../support/require";
import { type Answer, Keycloak, keycloakNeeds } from "./support/keycloak";

const CLIENT_SECRET = "canary-of-the-client";
const PASSWORD = "canary-of-a-person";

/** The Harbor of the example, with its people in this Keycloak. */
function harborWith(issuer: string): HarborService {
  const spec = changed("onprem", (draft) => (draft.services.images.oidc.issuer = issuer));
  const { services } = Platform.of(spec, { ownImages: { "start-page": "0", callhome: "0" } });
  return services.all.find((service) => service.kind === "harbor") as HarborService;
}

/** What docs/components/harbor.md says to register, and two people, one of whom may administer Harbor. */
function realmFor(service: HarborService) {
  const person = (username: string, groups: string[]) => ({
    username,
    enabled: true,
    email: `${username}@acme.example`,
    emailVerified: true,
    firstName: username,
    lastName: "Acme",
    groups,
    credentials: [{ type: "password", value: PASSWORD }],
    realmRoles: ["default-roles-acme"],
  });
  return {
    realm: "acme",
    enabled: true,
    groups: [{ name: service.adminGroup }, { name: "acme-dev" }],
    users: [person("ada", [service.adminGroup]), person("bob", ["acme-dev"])],
    clients: [
      {
        clientId: service.oidc.clientId,
        secret: CLIENT_SECRET,
        publicClient: false,
        standardFlowEnabled: true,
        directAccessGrantsEnabled: false,
        redirectUris: [redirectOf(service)],
        protocolMappers: [
          {
            name: "groups",
            protocol: "openid-connect",
            protocolMapper: "oidc-group-membership-mapper",
            config: {
              "claim.name": service.oidc.groupsClaim,
              "full.path": "false",
              "id.token.claim": "true",
              "userinfo.token.claim": "true",
            },
          },
        ],
      },
    ],
  };
}

tier("keycloak", keycloakNeeds())("the sign-in of a Harbor, at a real Keycloak", () => {
  let keycloak: Keycloak;
  let service: HarborService;
  let settings: Record<string, string>;
  let provider: Record<string, string>;

  beforeAll(async () => {
    keycloak = await Keycloak.start(realmFor(harborWith("https://id.acme.example/realms/acme")));
    service = harborWith(keycloak.issuer);
    settings = harborSettings(service) as Record<string, string>;
    const { text } = await keycloak.ask(`${settings.oidc_endpoint}/.well-known/openid-configuration`);
    provider = JSON.parse(text);
  });
  afterAll(() => keycloak?.stop());

  /** Where somebody is sent to sign in. */
  const entrance = (redirect: string): string => {
    const query = {
      client_id: settings.oidc_client_id ?? "",
      redirect_uri: redirect,
      response_type: "code",
      scope: (settings.oidc_scope ?? "").replaceAll(",", " "),
      state: "any",
    };
    return `${provider.authorization_endpoint}?${new URLSearchParams(query)}`;
  };

  /** Fills in the page of sign-in, and comes back to Harbor with a code. */
  async function codeOf(username: string): Promise<string> {
    const page = await keycloak.ask(entrance(redirectOf(service)));
    const action = /action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const cookie = (page.headers["set-cookie"] ?? []).map((one: string) => one.split(";")[0]).join("; ");
    const { headers } = await keycloak.ask(action, { username, password: PASSWORD, credentialId: "" }, { cookie });
    const back = new URL(headers.location ?? "http://nowhere");
    expect(`${back.origin}${back.pathname}`).toBe(redirectOf(service));
    return back.searchParams.get("code") ?? "";
  }

  /** Harbor's own call for the tokens. */
  async function tokensOf(username: string, secret = CLIENT_SECRET): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${settings.oidc_client_id}:${secret}`).toString("base64")}`;
    const form = { grant_type: "authorization_code", code: await codeOf(username), redirect_uri: redirectOf(service) };
    return keycloak.ask(provider.token_endpoint ?? "", form, { authorization });
  }

  async function claimsOf(username: string): Promise<Record<string, unknown>> {
    const { id_token } = JSON.parse((await tokensOf(username)).text);
    return JSON.parse(Buffer.from(id_token.split(".")[1], "base64url").toString());
  }

  it("finds the provider by its address, which is the one that the tokens name", async () => {
    expect(provider.issuer).toBe(settings.oidc_endpoint);
    expect((await claimsOf("ada")).iss).toBe(settings.oidc_endpoint);
  });

  it("asks for scopes that the provider has", () => {
    expect(provider.scopes_supported).toEqual(expect.arrayContaining((settings.oidc_scope ?? "").split(",")));
  });

  it("knows people by name and address, and those who administer it by their group", async () => {
    const claims = await claimsOf("ada");
    expect(claims[settings.oidc_user_claim ?? ""]).toBe("ada");
    expect(claims.email).toBe("ada@acme.example");
    expect(claims[settings.oidc_groups_claim ?? ""]).toEqual([settings.oidc_admin_group]);
  });

  it("takes nobody else for an administrator", async () => {
    expect((await claimsOf("bob"))[settings.oidc_groups_claim ?? ""]).toEqual(["acme-dev"]);
  });

  it("gets a token that outlives the session, for docker login", async () => {
    const { refresh_token, scope } = JSON.parse((await tokensOf("ada")).text);
    expect(scope.split(" ")).toContain("offline_access");
    expect(JSON.parse(Buffer.from(refresh_token.split(".")[1], "base64url").toString()).typ).toBe("Offline");
  });

  it("fails with another client's secret", async () => {
    const { status, text } = await tokensOf("ada", "another-secret");
    expect({ status, error: JSON.parse(text).error }).toEqual({ status: 401, error: "unauthorized_client" });
  });

  it("fails where somebody wants to be sent elsewhere", async () => {
    const { status, text } = await keycloak.ask(entrance("https://evil.example/c/oidc/callback"));
    expect(status).toBe(400);
    expect(text).toContain("Invalid parameter: redirect_uri");
  });
});
