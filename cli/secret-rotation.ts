import type { Platform } from "../platform/platform";
import { WrongUsage } from "./exit";
import { placedRecipes } from "./machines/secret-list";
import type { PlacedSecret } from "./machines/secrets";
import { pullSecretRecipe, replacement, sourceRecipe } from "./secret-recipes";

/**
 * The commands that put a new value in the place of a secret's old one, everywhere: on machines first, whose services then take the
 * new one and no more the old, and then in the cluster.
 *
 * @throws WrongUsage where nothing needs a secret of that name
 */
export function rotation(
  platform: Platform,
  name: string,
  placed: readonly PlacedSecret[],
  kubeconfig: string,
): string[] {
  const there = placed.filter(({ secret }) => secret === name);
  const { pull, pullSecret } = platform.registry;
  // A robot's password is known to the cluster by the name of the pull secret, with more around it.
  const names = new Set([name, ...(pull?.password.secret === name && pullSecret !== undefined ? [pullSecret] : [])]);
  const wanted = platform.secrets.filter(({ secret }) => names.has(secret));
  if (there.length === 0 && wanted.length === 0) {
    const known = [...new Set([...placed, ...platform.secrets].map(({ secret }) => secret))].sort().join(", ");
    throw new WrongUsage(`nothing in ${platform.name} needs a secret ${name}: name one of ${known}`);
  }
  const machines = [
    ...new Set(there.flatMap(({ machine }) => (machine.provider === "existing" ? [machine.name] : []))),
  ];
  const application = `npm run machines -- apply --env ${platform.name} --machine ${machines.join(" ")}`;
  const inAws = [...new Set(there.flatMap(({ machine }) => (machine.provider === "ec2" ? [machine.name] : [])))];
  const store = platform.secretStore;
  const inCluster = wanted.map((secret) => {
    if (store.kind !== "operator-created") return sourceRecipe(platform.name, store, secret, "replace");
    if (secret.type !== "kubernetes.io/dockerconfigjson") return replacement(secret, kubeconfig);
    return pullSecretRecipe(secret, kubeconfig, platform.registry);
  });
  return [
    ...placedRecipes(platform, there, "replace"),
    ...(machines.length > 0 ? [application] : []),
    ...inAws.map((machine) => managedApplication(platform, machine)),
    ...inCluster,
  ];
}

/** The command by which a machine of AWS fetches its secrets again, and takes them. */
function managedApplication({ machines, network }: Platform, machine: string): string {
  const region = network.kind === "vpc" ? network.region : "REGION";
  const filter = `key=AssociationName,value=${machines.programBucket}-${machine}`;
  const id = `aws ssm list-associations --region ${region} --association-filter-list ${filter} --query 'Associations[].AssociationId' --output text`;
  return `aws ssm start-associations-once --region ${region} --association-ids $(${id})`;
}
