import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { invalidCases, validCases } from "../constructs/imports/strict-cases";
import type { Output } from "../support/output";
import { tier } from "../support/require";
import type { Testbed } from "../testbed";
import { Api } from "./support/api";
import { deploymentNeeds } from "./support/needs";
import { apply, isDefinition, objectsOf, outputOn } from "./support/output";
import { startOwnTestbed } from "./support/own-testbed";
import { Workplace } from "./support/workplace";

tier("cluster", deploymentNeeds())("the API server", () => {
  let testbed: Testbed;
  let output: Output;
  let api: Api;

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    output = outputOn(testbed);
    api = Api.of(testbed.kubeconfig);
  });
  afterAll(async () => {
    api?.close();
    await testbed?.stop();
  });

  /** Taken already, as JSON: the definitions are large, and the same in every environment. */
  const taken = new Set<string>();

  it.each(["aws", "onprem", "local"])("takes every object of %s, with unknown fields refused", async (environment) => {
    const objects = objectsOf(output, environment);
    const first = objects.filter((object) => isDefinition(object) || object.kind === "Namespace");
    const fresh = first.filter((object) => !taken.has(JSON.stringify(object)));
    await apply(testbed, fresh);
    for (const object of fresh) taken.add(JSON.stringify(object));

    const items = objects.filter((object) => !first.includes(object));
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const command = ["kubectl", "apply", "--dry-run=server", "--validate=strict", "-f", "-"];
    const said = await testbed.run(command, { input });
    expect(said.trim().split("\n")).toEqual(items.map(() => expect.stringMatching(/ \w+ \(server dry run\)$/)));
  });

  describe("judges as our strict schemas do:", () => {
    it.each(validCases)("it takes $title", async ({ object }) => {
      const { status, body } = await api.tryOut(object);
      expect({ status, message: body.message }).toEqual({ status: 201, message: undefined });
    });

    /** `status` is a part of the object that it takes and drops; we refuse it, because it never belongs into a manifest. */
    const stricter = ["a status, which is the cluster's to write"];
    it.each(invalidCases.filter(({ title }) => !stricter.includes(title)))("it refuses $title", async ({ object }) => {
      // 400: it cannot be read as what it says it is; 422: its fields contradict a rule.
      expect([400, 422]).toContain((await api.tryOut(object)).status);
    });
  });

  it("serves the schemas that ours were made from", async () => {
    const { body } = await api.call("GET", "/openapi/v2");
    const file = join(testbed.folder, "openapi.json");
    writeFileSync(file, JSON.stringify(body));
    const work = new Workplace(testbed);
    const { stdout } = await work.run([
      process.execPath,
      "--import",
      "tsx",
      "cli/imports/main.ts",
      "--openapi",
      file,
      "--check",
    ]);
    expect(stdout).toContain("generated files are up to date");
  });
});
