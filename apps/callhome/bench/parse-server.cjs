// parse-server as a comparison: `node parse-server.cjs FOLDER DATABASE_URL PORT`, FOLDER being where npm installed it. It stores one row a call.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const [folder, databaseURI, port] = process.argv.slice(2);
// Otherwise it writes a folder of logs wherever it is started.
process.env.PARSE_SERVER_LOGS_FOLDER = "null";
const requireThere = createRequire(join(folder, "package.json"));
const express = requireThere("express");
const { ParseServer } = requireThere("parse-server");

async function main() {
  const server = new ParseServer({
    databaseURI,
    appId: "bench",
    masterKey: "a key for the bench",
    serverURL: `http://127.0.0.1:${port}/parse`,
    allowClientClassCreation: true,
    silent: true,
    logLevel: "error",
  });
  await server.start();
  const app = express();
  app.use("/parse", server.app);
  app.listen(Number(port), "127.0.0.1", () => console.log(`taking calls at ${port}`));
}

main();
