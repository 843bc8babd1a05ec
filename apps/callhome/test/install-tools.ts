import { embeddedPostgres, schemathesis } from "./support/tools";

/** `npm run test:tools`: installs what some tests need and `npm ci` does not bring (PyPI, npm; about 250 MB in ~/.cache/bastide). */
for (const tool of [schemathesis, ...embeddedPostgres.map((embedded) => embedded.tool)]) {
  console.log(`${tool.title}: ${tool.isInstalled ? "there" : "installing"}`);
  tool.install();
}
