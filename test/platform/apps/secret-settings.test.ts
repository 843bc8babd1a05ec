import { isSecretSetting } from "../../../platform/apps/secret-settings";

describe("a setting that is a secret", () => {
  test.each([
    ["DB_PASSWORD"],
    ["PGPASSWORD"],
    ["DB_PASS"],
    ["PASSWORD_OF_WIKI"],
    ["SMTP_PASSWD"],
    ["CLIENT_SECRET"],
    ["SECRET_KEY_BASE"],
    ["GITLAB_TOKEN"],
    ["APIKEY"],
    ["MAPS_API_KEY"],
    ["TLS_PRIVATE_KEY"],
    ["AWS_ACCESS_KEY_ID"],
    ["smtp.password"],
    ["Smtp__ApiKey"],
  ])("is known by its name: %s", (variable) => expect(isSecretSetting(variable, "x")).toBe(true));

  test.each([
    ["DATABASE_URL", "postgres://wiki:hunter2@pg-1/wiki"],
    ["CACHE", "redis://:hunter2@cache:6379"],
    ["ConnectionStrings__Wiki", "Host=pg-1;Password=hunter2"],
    ["TOKEN_URL", "https://wiki:hunter2@id.acme.example"],
  ])("is known by its value: %s", (variable, value) => expect(isSecretSetting(variable, value)).toBe(true));

  test.each([
    ["CORS_ALLOW_CREDENTIALS", "true"],
    ["DB_PASSWORD_FILE", "/run/secrets/password"],
    ["TOKEN_TTL", "15m"],
    ["TOKEN_URL", "https://id.acme.example/token"],
    ["SECRET_NAME", "wiki"],
    ["MAX_TOKENS", "4096"],
    ["PASSENGER_APP_ENV", "production"],
    ["COMPASS", "north"],
    ["http_proxy", "http://proxy.acme.example:3128"],
    ["Logging__LogLevel__Default", "Information"],
    ["DATABASE_URL", "postgres://wiki@pg-1/wiki"],
    ["DATABASE_URL", "postgres://wiki:$(PG_PASS)@pg-1/wiki"],
    ["HOMEPAGE", "https://acme.example:8443/@wiki"],
  ])("is not %s=%s", (variable, value) => expect(isSecretSetting(variable, value)).toBe(false));
});
