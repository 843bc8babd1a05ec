import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { yaml } from "../assembly/yaml";
import type { EksCluster, Rke2Cluster } from "../platform/cluster";
import type { Machine } from "../platform/machines";
import type { Platform } from "../platform/platform";
import { Missing } from "./exit";
import { destinationOf, writeKubeconfig } from "./kubeconfig-file";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { sshArguments, sshCommand } from "./machines/ssh";
import { type Outcome, runProgram } from "./programs";

/** Where the kubeconfig of an environment lies: the one seam for EKS, RKE2, a cluster that exists, and a testbed. */
export function kubeconfigPath(environment: string, home: string = homedir()): string {
  return join(home, ".bastide", environment, "kubeconfig");
}

export interface KubeconfigOptions {
  readonly env: string;
  /** Write it even if the file that is there leads to another server. */
  readonly force?: boolean;
}

/**
 * Writes the kubeconfig of an environment's cluster, mode 0600, and tells which server it leads to. Done twice it changes
 * nothing; a file that leads to another server stays, unless `force`.
 *
 * EKS: endpoint and CA by the cluster's name, tokens by the AWS CLI whenever they are needed, so that the file holds no secret.
 * RKE2: the first server's own file, fetched over SSH, with the load balancers' address. Existing: kubectl's current context.
 */
export function kubeconfig(variables: Variables, { env, force = false }: KubeconfigOptions): void {
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [env]);
  if (platform?.cluster === undefined) {
    process.stdout.write(`${env} has no cluster, so it needs no kubeconfig\n`);
    return;
  }
  if (target.kubeconfig !== undefined) {
    process.stdout.write(`target ${target.name} has its own: ${target.kubeconfig}\n`);
    return;
  }
  const file = kubeconfigPath(env);
  const content = contentOf(platform);
  const destination = destinationOf(content);
  if (destination === undefined) throw new Missing(`what was found for ${env} names no server: ${CURE}`);
  const changed = writeKubeconfig(file, content, force);
  const { context, server } = destination;
  const source = platform.cluster.distribution === "existing" ? `, kubectl's current context ${context}` : "";
  process.stdout.write(`${changed ? "wrote" : "unchanged:"} ${file}\nit leads to ${server}${source}\n`);
}

const CURE = "check the cluster and, where it exists already, kubectl config current-context";

function contentOf(platform: Platform): string {
  const { cluster } = platform;
  if (cluster?.distribution === "eks") return eksKubeconfig(cluster, platform);
  if (cluster?.distribution === "rke2") return rke2Kubeconfig(cluster);
  return existingKubeconfig();
}

function eksKubeconfig({ name }: EksCluster, { network }: Platform): string {
  const { region, account } = network.kind === "vpc" ? network : { region: "", account: "" };
  const { ok, stdout, stderr } = runProgram("aws", [
    "eks",
    "describe-cluster",
    "--name",
    name,
    "--region",
    region,
    "--output",
    "json",
  ]);
  if (!ok)
    throw new Missing(
      `the cluster ${name} cannot be described: ${stderr.trim()}\nDeploy ${name}-cloud first, or sign in to AWS`,
    );
  const answer = understood(stdout, eksAnswer);
  if (answer === undefined)
    throw new Missing(
      `AWS tells no address of the cluster ${name}: it has none while it is being made.\nWait until aws eks describe-cluster --name ${name} --region ${region} says ACTIVE`,
    );
  const { cluster } = answer;
  // Terraform refuses another account by itself; what is installed in the cluster goes wherever this file leads.
  const theirs = cluster.arn.split(":")[4];
  if (theirs !== account)
    throw new Missing(
      `AWS tells of a cluster ${name} in account ${theirs}, and network.account is ${account}.\nSign in to AWS with the account ${account}`,
    );
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
    interactiveMode: "Never",
  };
  return assembled(
    name,
    { server: cluster.endpoint, "certificate-authority-data": cluster.certificateAuthority.data },
    { exec },
  );
}

/** What is used of the answer to `aws eks describe-cluster`. */
const eksAnswer = z.object({
  cluster: z.object({
    arn: z.string().min(1),
    endpoint: z.string().min(1),
    certificateAuthority: z.object({ data: z.string().min(1) }),
  }),
});

const part = z.record(z.string(), z.unknown());
const rke2File = z.object({
  clusters: z.array(z.object({ cluster: part })),
  users: z.array(z.object({ user: part })),
});

function entriesOf(config: z.output<typeof rke2File> | undefined) {
  return [config?.clusters[0]?.cluster, config?.users[0]?.user] as const;
}

/** What a program printed, in JSON or YAML; nothing where it printed anything else. */
function understood<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> | undefined {
  try {
    return schema.safeParse(parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Where RKE2 keeps the administrator's kubeconfig on a server. Source: RKE2 documentation, "Cluster access". */
const RKE2_FILE = "/etc/rancher/rke2/rke2.yaml";

function rke2Kubeconfig({ name, endpoint, servers }: Rke2Cluster): string {
  const [first] = servers;
  const machine = first?.machine;
  const host = machine?.provider === "existing" ? machine.address : (machine?.hostName ?? endpoint);
  const command = machine?.provider === "existing" ? sshCommand(machine) : `ssh ${host}`;
  const { ok, stdout, stderr } = readOn(machine, host);
  if (!ok)
    throw new Missing(
      `${RKE2_FILE} cannot be read on ${first?.key} (${host}): ${stderr.trim()}\nCheck that ${command} works and RKE2 runs there`,
    );
  const [theirs, user] = entriesOf(understood(stdout, rke2File));
  if (theirs === undefined || user === undefined)
    throw new Missing(
      `${RKE2_FILE} on ${first?.key} (${host}) is no kubeconfig\nCheck that RKE2 runs there, and that ${command} prints nothing of its own`,
    );
  return assembled(name, { ...theirs, server: `https://${endpoint}:6443` }, user);
}

/** A machine that exists already is reached as its entry says; any other as the user's own ssh knows it. */
function readOn(machine: Machine | undefined, host: string): Outcome {
  if (machine?.provider !== "existing")
    return runProgram("ssh", ["-o", "BatchMode=yes", host, "sudo", "-n", "cat", RKE2_FILE]);
  const folder = mkdtempSync(join(tmpdir(), "bastide-ssh-"));
  try {
    const asRoot = machine.ssh.user === "root" ? [] : ["sudo", "-n"];
    return runProgram("ssh", [...sshArguments(machine, folder), ...asRoot, "cat", RKE2_FILE]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function existingKubeconfig(): string {
  const { ok, stdout, stderr } = runProgram("kubectl", ["config", "view", "--minify", "--flatten", "--raw"]);
  if (!ok)
    throw new Missing(`kubectl has no current context: ${stderr.trim()}\nChoose one with kubectl config use-context`);
  return stdout;
}

function assembled(name: string, cluster: object, user: object): string {
  return yaml({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user }],
  });
}
