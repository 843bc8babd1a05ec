import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placedSecrets } from "../../cli/machines/secrets";
import { recipe, sourceRecipe } from "../../cli/secret-recipes";
import { rotation } from "../../cli/secret-rotation";
import { question, stateOf, stateText } from "../../cli/secret-state";
import type { RequiredSecret } from "../../platform/shared/secrets";
import { withStores } from "../support/aws-stacks";
import { platformOf } from "../support/kubernetes";

const wanted = {
  namespace: "apps",
  secret: "wiki",
  keys: ["password", "user"],
  type: "Opaque",
  neededBy: ["apps.wiki"],
} as const;
const failed = (stderr: string) => stateOf(wanted, { ok: false, stdout: "", stderr });

const { registry } = platformOf("onprem");

describe("the command that makes a secret", () => {
  test("is for the cluster that was asked, with a file for each entry", () =>
    expect(recipe(wanted, { kind: "missing" }, "/home/me/.bastide/lab/kubeconfig", registry)).toBe(
      "kubectl --kubeconfig /home/me/.bastide/lab/kubeconfig --namespace apps create secret generic wiki --from-file=password=<file> --from-file=user=<file>",
    ));

  test("adds to one that is there what it lacks, and leaves the rest of it alone", () =>
    expect(recipe(wanted, { kind: "incomplete", absent: ["user"] }, "/k", registry)).toBe(
      "kubectl --kubeconfig /k --namespace apps create secret generic wiki --from-file=user=<file> --dry-run=client --output=json | kubectl --kubeconfig /k --namespace apps patch secret wiki --type=merge --patch-file=/dev/stdin",
    ));

  test("quotes a path that a shell would take apart", () =>
    expect(recipe(wanted, { kind: "missing" }, "/home/my files/it's", registry)).toContain(
      "--kubeconfig '/home/my files/it'\\''s' --namespace",
    ));
});

describe("a pull secret", () => {
  const wanted = platformOf("onprem").secrets.find(
    ({ type }) => type === "kubernetes.io/dockerconfigjson",
  ) as RequiredSecret;

  test("is what a container runtime reads, by the robot's whole name, with a password that is no argument", () => {
    const command = recipe(wanted, { kind: "missing" }, "/k", registry);
    const folder = mkdtempSync(join(tmpdir(), "bastide-pull-"));
    writeFileSync(join(folder, "token"), "Canary-of-the-nodes-1\n");
    // What kubectl is told and given, instead of a kubectl.
    writeFileSync(join(folder, "kubectl"), '#!/bin/sh\necho "$*" >>"$LOG"\ncat >>"$LOG"\n', { mode: 0o755 });
    const log = join(folder, "log");
    execFileSync("sh", ["-c", command.replace("<file>", join(folder, "token"))], {
      env: { PATH: `${folder}:${process.env.PATH}`, LOG: log },
    });
    const said = readFileSync(log, "utf8").split("\n");
    rmSync(folder, { recursive: true });
    const given = said.find((line) => line.startsWith("{")) ?? "";
    expect(JSON.parse(given.replace(/(\}\}\}).*$/, "$1"))).toEqual({
      auths: { "harbor.corp.acme.example": { username: "robot$platform+nodes", password: "Canary-of-the-nodes-1" } },
    });
    expect(said.filter((line) => line.startsWith("--kubeconfig")).join()).not.toContain("Canary");
  });
});

describe("the rotation of a secret", () => {
  const platform = platformOf("onprem");
  const of = (name: string) => rotation(platform, name, placedSecrets(platform), "/k");

  test("of a robot reaches its machine first, and then every namespace that pulls", () => {
    const [place, apply, ...clusters] = of("harbor-pull");
    expect(place).toBe(
      "ssh -p 22 bastide@10.10.1.21 \"sudo sh -c 'umask 077 && mkdir -p /etc/bastide/secrets/harbor-pull && rm -f /etc/bastide/secrets/harbor-pull/token && cat >/etc/bastide/secrets/harbor-pull/token'\" <FILE",
    );
    expect(apply).toBe("npm run machines -- apply --env onprem --machine harbor");
    expect(
      clusters.map((command) => /--namespace (\S+) create secret docker-registry (\S+)/.exec(command)?.slice(1)),
    ).toEqual([["internal-tools", "harbor-pull"]]);
  });

  test("of a password in the cluster alone is one command", () =>
    expect(of("callhome")).toEqual([
      "kubectl --kubeconfig /k --namespace internal-tools create secret generic callhome --from-file=hash-key=<file> --dry-run=client --output=json | kubectl --kubeconfig /k --namespace internal-tools apply --server-side --force-conflicts --filename=-",
    ]));

  test("of a machine of AWS puts a new value into the secret that is there, and has the machine fetch it", () => {
    const aws = platformOf("aws", withStores);
    expect(rotation(aws, "store-1-root", placedSecrets(aws), "/k")).toEqual([
      'aws secretsmanager put-secret-value --secret-id aws-machines/store-1-root --region eu-central-1 --secret-string file://<file> # {"password": "...", "user": "..."}',
      "aws ssm start-associations-once --region eu-central-1 --association-ids $(aws ssm list-associations --region eu-central-1 " +
        "--association-filter-list key=AssociationName,value=aws-machine-programs-123456789012-s3-1 --query 'Associations[].AssociationId' --output text)",
    ]);
  });

  test("fails for one that nothing needs, and says which there are", () =>
    expect(() => of("harbour-pull")).toThrow(
      /^nothing in onprem needs a secret harbour-pull: name one of .*harbor-pull, /,
    ));
});

describe("the command that keeps a secret where External Secrets fetches it", () => {
  const storeOf = (from: object) => {
    const { secretStore } = platformOf("aws", (d) => (d.secretStore = { kind: "external-secrets", from }));
    if (secretStore.kind !== "external-secrets") throw new Error("it was asked for");
    return secretStore;
  };

  test("is one of the AWS CLI, with one file for all entries", () =>
    expect(sourceRecipe("aws", storeOf({ kind: "aws-secrets-manager" }), wanted)).toBe(
      'aws secretsmanager create-secret --name aws/apps/wiki --region eu-central-1 --secret-string file://<file> # {"password": "...", "user": "..."}',
    ));

  test("is another one where AWS has the secret already", () =>
    expect(sourceRecipe("aws", storeOf({ kind: "aws-secrets-manager" }), wanted, "replace")).toBe(
      'aws secretsmanager put-secret-value --secret-id aws/apps/wiki --region eu-central-1 --secret-string file://<file> # {"password": "...", "user": "..."}',
    ));

  test("is one of Vault's, with a file for each entry", () =>
    expect(sourceRecipe("aws", storeOf({ kind: "vault", server: "https://vault.acme.example:8200" }), wanted)).toBe(
      "VAULT_ADDR=https://vault.acme.example:8200 vault kv put -mount=secret aws/apps/wiki password=@<file> user=@<file>",
    ));
});

describe("what kubectl answers", () => {
  test("is asked of the environment's own cluster, for the names of entries alone", () => {
    const args = question(wanted, "/k");
    expect(args.slice(0, 2)).toEqual(["--kubeconfig", "/k"]);
    expect(args.at(-1)).toBe('go-template={{range $name, $_ := .data}}{{$name}}{{"\\n"}}{{end}}');
  });

  test("is content where all entries are there", () =>
    expect(stateOf(wanted, { ok: true, stdout: "password\nuser\n", stderr: "" })).toEqual({ kind: "present" }));

  test("names entries that are not there", () =>
    expect(stateText(stateOf(wanted, { ok: true, stdout: "user\n", stderr: "" }))).toBe("without password"));

  test("is missing where the server says so", () =>
    expect(failed('Error from server (NotFound): secrets "wiki" not found\n')).toEqual({ kind: "missing" }));

  test.each([
    "error: stat /k: no such file or directory",
    'exec: "aws": executable file not found in $PATH',
    "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?",
    "error: You must be logged in to the server (Unauthorized)",
  ])("tells nothing of the secret: %s", (said) => expect(failed(said)).toEqual({ kind: "unreachable", said }));

  test("is unknown where the user may not ask", () =>
    expect(stateText(failed('Error from server (Forbidden): secrets "wiki" is forbidden'))).toBe(
      'unknown: Error from server (Forbidden): secrets "wiki" is forbidden',
    ));
});
