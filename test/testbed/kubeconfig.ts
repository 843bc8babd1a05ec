import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** Writes a kubeconfig (mode 0600) for the holder of a certificate of this testbed; everything it needs is inside. */
export function writeKubeconfig(file: string, options: { certificates: string; holder: string; port: number }): string {
  const base64 = (name: string): string => readFileSync(join(options.certificates, name)).toString("base64");
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "testbed",
        cluster: { server: `https://127.0.0.1:${options.port}`, "certificate-authority-data": base64("ca.crt") },
      },
    ],
    users: [
      {
        name: options.holder,
        user: {
          "client-certificate-data": base64(`${options.holder}.crt`),
          "client-key-data": base64(`${options.holder}.key`),
        },
      },
    ],
    contexts: [{ name: "testbed", context: { cluster: "testbed", user: options.holder } }],
    "current-context": "testbed",
  };
  writeFileSync(file, asYaml(kubeconfig), { mode: 0o600 });
  return file;
}

/**
 * Writes a kubeconfig (mode 0600) that acts as somebody else: every request is impersonated, so the API server judges it
 * by the rights of that user and those groups. Works with any cluster whose kubeconfig belongs to an administrator.
 */
export function writeKubeconfigAs(
  file: string,
  kubeconfig: string,
  who: { readonly user: string; readonly groups?: readonly string[] },
): string {
  const content = parse(readFileSync(kubeconfig, "utf8")) as { users: { user: object }[] };
  for (const entry of content.users) {
    entry.user = { ...entry.user, as: who.user, "as-groups": ["system:authenticated", ...(who.groups ?? [])] };
  }
  writeFileSync(file, asYaml(content), { mode: 0o600 });
  return file;
}

/** JSON is YAML, and means the same in every version of it. */
const asYaml = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;
