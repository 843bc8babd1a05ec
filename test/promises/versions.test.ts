import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { missingPackages } from "../../cli/complete-lock";
import { ROOT } from "../../cli/root";
import { providers } from "../../platform/versions/providers";

const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const manifests = ["package.json", ...readdirSync(join(ROOT, "apps")).map((app) => `apps/${app}/package.json`)];

test.each(manifests)(
  "%s names exact versions: npm takes an old one silently where the newest does not fit Node",
  (path) => {
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = read(path);
    const all = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.filter(([, version]) => !/^(\d+\.\d+\.\d+(-[\w.]+)?|file:\..*)$/.test(version))).toEqual([]);
  },
);

test("the lock file lists every system's programs, so that npm ci accepts it anywhere; npm run lock completes it", () => {
  expect(Object.keys(missingPackages(read("package-lock.json")))).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(readFileSync(join(ROOT, "package-lock.json"), "utf8")).not.toContain('"resolved": "http');
});

test("the providers of the catalogue are those that the installed bindings were made from", () => {
  const installed = Object.fromEntries(
    Object.keys(providers).map((name) => {
      const { version, cdktf } = read(`node_modules/@cdktf/provider-${name}/package.json`);
      return [
        name,
        {
          version: cdktf.provider.version,
          bindings: `@cdktf/provider-${name} ${version}`,
          source: cdktf.provider.name,
        },
      ];
    }),
  );
  const stated = Object.fromEntries(
    Object.entries(providers).map(([name, { source, ...rest }]) => [
      name,
      { ...rest, source: `registry.terraform.io/${source}` },
    ]),
  );
  expect(installed).toEqual(stated);
});

test("Node is the same in engines and .nvmrc", () => {
  expect(read("package.json").engines.node).toBe(">=20.19 <24");
  expect(readFileSync(join(ROOT, ".nvmrc"), "utf8").trim()).toBe("22");
});

test("disk-latency is measured against C with the Node of its image", () => {
  const image = /^ARG BASE=\S+\/node:([\d.]+)-/m.exec(readFileSync(join(ROOT, "apps/disk-latency/Dockerfile"), "utf8"));
  expect(read("apps/disk-latency/package.json").scripts.bench).toContain(`--package=node@${image?.[1]} `);
});
