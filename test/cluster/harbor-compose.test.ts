import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { document, fileOf } from "../constructs/machine-roles/support/documents";
import { tier } from "../support/require";
import { missing } from "../testbed";
import { run } from "../testbed/commands";
import { compose } from "../testbed/machines/compose";

const lacking = missing(3).filter(({ neededBy }) => neededBy === "testbed");

/** As far as it matters here, what Harbor's own installer writes. */
const INSTALLED = `services:
  core: { image: "goharbor/harbor-core:v2.15.2", env_file: [./env] }
  log: { image: "goharbor/harbor-log:v2.15.2" }
`;

/** Everything that a shell, a file of variables, JSON or compose itself could take for something of its own. */
const group = `ada's $HOME \${x} "it" #1 \\n`;

tier("machines", lacking)("Harbor's compose files, read as docker compose reads them", () => {
  let folder: string;
  let reader: string;
  const at = (name: string) => join(folder, name);
  beforeAll(async () => {
    reader = join(await compose.folder(() => {}), "compose");
    folder = mkdtempSync(join(tmpdir(), "bastide-compose-"));
    const harbor = document("harbor", (draft) => (draft.services.images.adminGroup = group));
    const override = fileOf(harbor, "/etc/harbor/compose.override.yml").replace("/etc/harbor", folder);
    writeFileSync(at("core.env"), fileOf(harbor, "/etc/harbor/core.env").replace(/@\{[^}]*\}/, "Canary1"));
    writeFileSync(at("env"), "CORE_URL=http://core:8080\n");
    writeFileSync(at("docker-compose.yml"), INSTALLED);
    writeFileSync(at("override.yml"), override);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = async (...files: string[]) => JSON.parse(await run([reader, ...files.map(at)]));

  it("give its core the sign-in byte for byte, beside what Harbor gave it, and change nothing else", async () => {
    const { core, log, ...others } = await read("docker-compose.yml", "override.yml");
    const { CONFIG_OVERWRITE_JSON: settings, ...before } = core.environment;
    expect(JSON.parse(settings)).toMatchObject({
      auth_mode: "oidc_auth",
      oidc_admin_group: group,
      oidc_client_secret: "Canary1",
    });
    expect({ core: { ...core, environment: before }, log, ...others }).toEqual(await read("docker-compose.yml"));
  });

  it("fail where the file with the sign-in is not there: Harbor does not start without it", async () => {
    rmSync(at("core.env"));
    await expect(read("docker-compose.yml", "override.yml")).rejects.toThrow("core.env not found");
  });
});
