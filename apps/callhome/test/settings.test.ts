import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Products } from "../src/config/products";
import { readSettings, SettingsError } from "../src/config/settings";

const KEY = "0123456789abcdef0123456789abcdef";
const problemsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.problems;
    }
    throw error;
  }
  return [];
};

test("without any setting the service runs on PGlite", () => {
  const settings = readSettings({ PATH: "/usr/bin" });
  expect(settings.CALLHOME_DATABASE_URL).toBeUndefined();
  expect(settings.CALLHOME_LISTEN).toEqual({ host: "127.0.0.1", port: 8080 });
});

test("fails with all problems at once, each with name, value and rule", () => {
  expect(
    problemsOf({
      CALLHOME_LISTEN: "8080",
      CALLHOME_PATIENCE_MS: "soon",
      CALLHOME_JOBS: "yes",
      CALLHOME_TRUST_PROXY: "1",
    }),
  ).toEqual([
    'CALLHOME_LISTEN is "8080": must be an address and a port, such as "0.0.0.0:8080" or "[::]:8080"',
    'CALLHOME_TRUST_PROXY is "1": must be CIDRs separated by commas, such as "10.42.0.0/16,fd00::/8"; a number of hops is not safe',
    'CALLHOME_JOBS is "yes": must be "on" or "off"',
    'CALLHOME_PATIENCE_MS is "soon": must be a number',
  ]);
});

test("fails on a name that is no setting, but not on what Kubernetes adds for a Service called callhome", () => {
  expect(
    problemsOf({
      CALLHOME_LISTN: "x",
      CALLHOME_PORT: "tcp://10.43.0.7:8080",
      CALLHOME_PORT_8080_TCP_ADDR: "10.43.0.7",
      CALLHOME_SERVICE_HOST: "10.43.0.7",
      CALLHOME_SERVICE_PORT_HTTP: "8080",
    }),
  ).toEqual(["CALLHOME_LISTN: there is no such setting; see docs/callhome/settings.md"]);
});

test("a secret may come as a file, without its last line end", () => {
  const file = join(mkdtempSync(join(tmpdir(), "callhome-secret-")), "key");
  writeFileSync(file, `${KEY}\n`);
  expect(readSettings({ CALLHOME_HASH_KEY_FILE: file }).CALLHOME_HASH_KEY).toBe(KEY);
  expect(problemsOf({ CALLHOME_HASH_KEY_FILE: file, CALLHOME_HASH_KEY: KEY })).toEqual([
    "CALLHOME_HASH_KEY and CALLHOME_HASH_KEY_FILE are both set: keep one",
  ]);
  expect(problemsOf({ CALLHOME_HASH_KEY_FILE: "/nowhere/key" })).toEqual([
    'CALLHOME_HASH_KEY_FILE is "/nowhere/key": cannot be read (ENOENT); mount the secret there',
  ]);
});

test("fails on a bad secret without showing it", () => {
  expect(problemsOf({ CALLHOME_HASH_KEY: "hunter2" })).toEqual([
    "CALLHOME_HASH_KEY is (secret): must have 32 characters or more",
  ]);
});

test("fails on a password in the database address without showing it", () => {
  const [problem] = problemsOf({ CALLHOME_DATABASE_URL: "postgresql://me:hunter2@db/x", CALLHOME_HASH_KEY: KEY });
  expect(problem).toContain("must not contain a password: put it in CALLHOME_DATABASE_PASSWORD");
  expect(problem).not.toContain("hunter2");
});

test("fails in production on PGlite unless it is allowed", () => {
  expect(problemsOf({ NODE_ENV: "production" })).toEqual([
    expect.stringContaining("PGlite is refused with NODE_ENV=production"),
  ]);
  expect(problemsOf({ NODE_ENV: "production", CALLHOME_ALLOW_EMBEDDED: "on" })).toEqual([]);
});

test("fails with PostgreSQL without a key for the hashes", () => {
  expect(problemsOf({ CALLHOME_DATABASE_URL: "postgresql://me@db/x" })).toEqual([
    expect.stringContaining("CALLHOME_HASH_KEY is missing"),
  ]);
});

describe("products", () => {
  const read = (data: unknown) => {
    const file = join(mkdtempSync(join(tmpdir(), "callhome-products-")), "products.json");
    writeFileSync(file, JSON.stringify(data));
    return Products.fromFile(file);
  };

  test("without a list every product is taken, and its metric is called other", () => {
    const products = new Products([]);
    expect(products.find("anything")?.nextCallIn).toBe(86_400);
    expect(products.label("anything")).toBe("other");
  });

  test("with a list only its products are taken", () => {
    const products = read({ products: [{ name: "es" }] });
    expect([products.find("es")?.name, products.find("other"), products.label("es")]).toEqual(["es", undefined, "es"]);
  });

  test("fails with every problem of the file and its path", () => {
    expect(() =>
      read({
        products: [{ name: "es" }, { name: "es", nextCallIn: 1 }, { name: "x", legacy: { paths: ["/v1/call"] } }],
      }),
    ).toThrow(/products\.1\.nextCallIn: .*\n.*products\.2\.legacy\.paths\.0: is a path of the service itself/);
    expect(() => read({ products: [{ name: "es" }, { name: "es" }] })).toThrow('products.1.name: "es" is there twice');
  });
});
