import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { synthesize } from "../../assembly/synthesize";
import { production } from "../../assembly/target";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { Platform } from "../../platform/platform";
import { InvalidEnvironment } from "../../platform/shared/problems";
import type { KubernetesObject } from "../../platform/shared/release";
import { editedEnvironment, rightEnvironment } from "../support/arbitrary-environments";
import { problemLine, validateStrictly } from "../support/strict";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-any-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const files = { ownImages: { "start-page": "0", callhome: "0" } };

/** Every object that is made of an environment; nothing where the model refuses it. */
function objectsOf(spec: EnvironmentSpec): KubernetesObject[] | undefined {
  let platform: Platform;
  try {
    platform = Platform.of(spec, files);
  } catch (error) {
    if (error instanceof InvalidEnvironment) return undefined;
    throw error;
  }
  rmSync(join(folder, "cdktf.out"), { recursive: true, force: true });
  const target = { ...production, output: { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") } };
  const releases = synthesize([platform], target).flatMap((made) => made.releases);
  const own = releases.flatMap(({ chart }) => (chart.kind === "own" ? chart.objects : []));
  return own.map(({ object }) => object).filter(({ kind }) => kind !== "CustomResourceDefinition");
}

test("an environment that the model accepts is synthesized, into objects that are valid", () => {
  let accepted = 0;
  fc.assert(
    fc.property(editedEnvironment, (spec) => {
      const objects = objectsOf(spec);
      accepted += objects === undefined ? 0 : 1;
      expect(validateStrictly(objects ?? []).map(problemLine)).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(accepted).toBeGreaterThan(0);
});

/** What Terraform takes as the name of a resource. */
const TERRAFORM_NAME = /^[A-Za-z_][\w-]*$/;

/** Addresses of the resources that the last synthesis made, as `type.name`. */
function terraformAddresses(): string[] {
  const stacks = join(folder, "cdktf.out", "stacks");
  return readdirSync(stacks).flatMap((stack) => {
    const made = JSON.parse(readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8"));
    const resources = Object.entries<object>(made.resource ?? {});
    return resources.flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));
  });
}

test("every right environment is synthesized, into objects that are valid", () => {
  fc.assert(
    fc.property(rightEnvironment, (spec) => {
      const objects = objectsOf(spec);
      expect(objects?.length).toBeGreaterThan(10);
      expect(validateStrictly(objects ?? []).map(problemLine)).toEqual([]);
      const addresses = terraformAddresses();
      expect(addresses.length).toBeGreaterThan(3);
      expect(addresses.filter((address) => !TERRAFORM_NAME.test(address.split(".")[1] ?? ""))).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
