import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ownImages } from "../../assembly/own-images";

let apps: string;
beforeEach(() => {
  apps = mkdtempSync(join(tmpdir(), "bastide-apps-"));
  write("web/Dockerfile", "FROM scratch");
  write("web/src/main.ts", "1");
});
afterEach(() => rmSync(apps, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(apps, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test("an image's tag changes with what goes into the image", () => {
  const before = ownImages(apps);
  write("web/src/main.ts", "2");
  expect(ownImages(apps)).not.toEqual(before);
});

test.each([
  "web/.cache/x",
  "web/.data/db/1",
  "web/dist/main.js",
  "web/src/main.test.ts",
  "web/README.md",
  "web/jest.config.js",
  "lib/index.ts",
])("an image's tag is the same with %s, which does not go into it", (path) => {
  const before = ownImages(apps);
  write(path, "anything");
  expect(ownImages(apps)).toEqual(before);
});
