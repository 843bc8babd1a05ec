import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { run } from "./commands";
import { TestbedError } from "./testbed-error";
import { versions } from "./versions";

/** This machine as Terraform calls it, e.g. `linux_amd64`. */
const machine = `${platform}_${arch === "x64" ? "amd64" : arch}`;

/** Where Terraform looks for a provider that is named without a host, and where OpenTofu does. */
const registries = ["registry.terraform.io", "registry.opentofu.org"] as const;

/** Beside the repository, on machines that were given one: prints the folder of a provider mirror. */
const findMirror = join(__dirname, "../../../shared/bin/provider-mirror");

/**
 * A Terraform provider mirror that holds hashicorp/aws, if this machine has one: the folder that `TF_PROVIDER_MIRROR`
 * names, or the one that the program beside the repository finds.
 */
export async function providerMirror(): Promise<string | undefined> {
  if (process.env.TF_PROVIDER_MIRROR) return process.env.TF_PROVIDER_MIRROR;
  if (!existsSync(findMirror)) return undefined;
  // It fails where there is none.
  return run([findMirror]).then(
    (found) => found.trim(),
    () => undefined,
  );
}

/**
 * Makes a provider mirror with hashicorp/helm and, if one is at hand, hashicorp/aws, and the configuration file that makes
 * Terraform, or OpenTofu, use it; any other provider is installed from the public registry as usual.
 *
 * @param awsMirror a mirror folder that holds hashicorp/aws; without it that comes from the public registry too
 * @returns the configuration file, for `TF_CLI_CONFIG_FILE`
 */
export function writeTerraformConfiguration(
  folder: string,
  helmProvider: string,
  awsMirror: string | undefined,
): string {
  const mirror = join(folder, "providers");
  // Only the last folder may be a link: Terraform does not follow one higher up.
  link(mirror, "helm", versions.helmProvider, helmProvider);
  if (awsMirror) link(mirror, "aws", versions.awsProvider, awsPackage(awsMirror));

  const mirrored = ["helm", ...(awsMirror ? ["aws"] : [])].flatMap((name) =>
    registries.map((registry) => `"${registry}/hashicorp/${name}"`),
  );
  const file = join(folder, "terraform.rc");
  writeFileSync(
    file,
    `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = [${mirrored.join(", ")}]
  }
  direct {
    exclude = [${mirrored.join(", ")}]
  }
}
`,
  );
  return file;
}

function link(mirror: string, provider: string, version: string, to: string): void {
  for (const registry of registries) {
    const parent = join(mirror, registry, "hashicorp", provider, version);
    mkdirSync(parent, { recursive: true });
    symlinkSync(to, join(parent, machine));
  }
}

function awsPackage(mirror: string): string {
  const parent = join(mirror, registries[0], "hashicorp", "aws");
  const found = join(parent, versions.awsProvider, machine);
  if (existsSync(found)) return found;
  const has = existsSync(parent) ? `has versions ${readdirSync(parent).join(", ")}` : "has no hashicorp/aws";
  throw new TestbedError(
    `TF_PROVIDER_MIRROR is ${mirror}, which ${has}: name a mirror with hashicorp/aws ${versions.awsProvider} for ${machine}, or unset it`,
  );
}
