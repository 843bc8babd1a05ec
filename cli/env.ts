import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { aboutSpec } from "../platform/environment-spec";
import { copied, withEntry } from "./environment-copy";
import { deployedTogether, togetherRule } from "./environment-list";
import { WrongUsage } from "./exit";
import type { Variables } from "./load";
import { ROOT } from "./root";

/**
 * Starts a new environment as a copy of one that exists, under a name of its own, and lists it in `environments/index.ts`.
 * Nothing is written unless everything can be.
 *
 * @throws WrongUsage where the name cannot be, or the files are not such that a copy would work
 */
export function newEnvironment(variables: Variables, name: string, { like }: { readonly like: string }): void {
  const folder = resolve(variables.BASTIDE_ENVIRONMENTS || join(ROOT, "environments"));
  const file = join(folder, `${name}.ts`);
  const model = join(folder, `${like}.ts`);
  refuseName(name);
  if (existsSync(file)) throw new WrongUsage(`${name} exists already: choose another name, or edit ${file}`);
  if (like === "index" || !existsSync(model))
    throw new WrongUsage(`there is no environment ${like} to copy: --like names a file of ${folder}`);
  refuseNamesakes(name, folder);

  const index = join(folder, "index.ts");
  if (!existsSync(index)) throw new WrongUsage(`${folder} has no index.ts, which lists the environments: write one`);
  const source = copied(readFileSync(model, "utf8"), like, name);
  const list = withEntry(readFileSync(index, "utf8"), name);
  writeFileSync(file, source);
  writeFileSync(index, list);
  process.stdout.write(
    `wrote ${file}, a copy of ${like}, and listed it in index.ts\n\n` +
      "It still has the addresses, domain and account of the other: change them before you deploy it.\n" +
      `Next: edit the file, then npm run synth -- --env ${name}\n`,
  );
}

/** Refuses what the model would refuse too. */
function refuseName(name: string): void {
  const { error } = aboutSpec.shape.name.safeParse(name);
  const fault = error?.issues[0]?.message;
  if (fault !== undefined) throw new WrongUsage(`an environment cannot be called ${JSON.stringify(name)}: ${fault}`);
}

function refuseNamesakes(name: string, folder: string): void {
  const others = readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && file !== "index.ts")
    .map((file) => file.slice(0, -".ts".length));
  for (const other of others) {
    const rule = deployedTogether(other, name)
      ? togetherRule(other, name)
      : deployedTogether(name, other)
        ? togetherRule(name, other)
        : undefined;
    if (rule !== undefined)
      throw new WrongUsage(`an environment cannot be called ${JSON.stringify(name)}: ${rule}: choose another name`);
  }
}
