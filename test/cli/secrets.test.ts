import { recipe, sourceRecipe } from "../../cli/secret-recipes";
import { question, stateOf, stateText } from "../../cli/secret-state";
import { platformOf } from "../support/kubernetes";

const wanted = {
  namespace: "apps",
  secret: "wiki",
  keys: ["password", "user"],
  type: "Opaque",
  neededBy: ["apps.wiki"],
} as const;
const failed = (stderr: string) => stateOf(wanted, { ok: false, stdout: "", stderr });

describe("the command that makes a secret", () => {
  test("is for the cluster that was asked, with a file for each entry", () =>
    expect(recipe(wanted, { kind: "missing" }, "/home/me/.bastide/lab/kubeconfig")).toBe(
      "kubectl --kubeconfig /home/me/.bastide/lab/kubeconfig --namespace apps create secret generic wiki --from-file=password=<file> --from-file=user=<file>",
    ));

  test("adds to one that is there what it lacks, and leaves the rest of it alone", () =>
    expect(recipe(wanted, { kind: "incomplete", absent: ["user"] }, "/k")).toBe(
      "kubectl --kubeconfig /k --namespace apps create secret generic wiki --from-file=user=<file> --dry-run=client --output=json | kubectl --kubeconfig /k --namespace apps patch secret wiki --type=merge --patch-file=/dev/stdin",
    ));

  test("quotes a path that a shell would take apart", () =>
    expect(recipe(wanted, { kind: "missing" }, "/home/my files/it's")).toContain(
      "--kubeconfig '/home/my files/it'\\''s' --namespace",
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
      'aws secretsmanager create-secret --region eu-central-1 --name aws/apps/wiki --secret-string file://<file> # {"password": "...", "user": "..."}',
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
