import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./commands";

interface CertificateRequest {
  /** File name without `.crt` and `.key`. */
  readonly name: string;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** Host names and addresses it is good for. */
  readonly hosts?: readonly string[];
  /** Name of an authority earlier in the list. @default it is an authority itself */
  readonly signer?: string;
}

/** First address of `serviceRange`: where pods find the API server. */
const apiServerClusterAddress = "10.96.0.1";

/** Addresses of Services. */
export const serviceRange = "10.96.0.0/16";

/**
 * Makes the authorities and certificates of a control plane, new ones for each testbed: nobody trusts one of them outside
 * it. The names and groups of the clients are what Kubernetes' own roles are bound to.
 *
 * @param nodeAddress address of the real node, at level 2
 * @returns their folder
 */
export async function makeCertificates(
  toolsFolder: string,
  folder: string,
  node?: { readonly name: string; readonly address: string },
): Promise<string> {
  const certificates = join(folder, "certificates");
  mkdirSync(certificates, { recursive: true, mode: 0o700 });
  const api = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
  const here = ["127.0.0.1", "localhost"];
  const requests: CertificateRequest[] = [
    { name: "ca", commonName: "bastide-testbed" },
    { name: "front-proxy-ca", commonName: "bastide-testbed-front-proxy" },
    { name: "etcd-ca", commonName: "bastide-testbed-etcd" },
    { name: "etcd", commonName: "etcd", hosts: here, signer: "etcd-ca" },
    { name: "etcd-client", commonName: "kube-apiserver", signer: "etcd-ca" },
    {
      name: "kube-apiserver",
      commonName: "kube-apiserver",
      hosts: [...here, ...api, apiServerClusterAddress, ...(node ? [node.address] : [])],
      signer: "ca",
    },
    { name: "front-proxy-client", commonName: "front-proxy-client", signer: "front-proxy-ca" },
    { name: "service-account", commonName: "service-account", signer: "ca" },
    { name: "admin", commonName: "testbed-admin", organizations: ["system:masters"], signer: "ca" },
    { name: "kube-controller-manager", commonName: "system:kube-controller-manager", signer: "ca" },
    { name: "kube-scheduler", commonName: "system:kube-scheduler", signer: "ca" },
    ...(node ? nodeRequests(node) : []),
  ];
  await run([join(toolsFolder, "tools"), "certificates", certificates], { input: JSON.stringify(requests) });
  return certificates;
}

function nodeRequests(node: { readonly name: string; readonly address: string }): CertificateRequest[] {
  return [
    { name: "kubelet-client", commonName: "kube-apiserver", organizations: ["system:masters"], signer: "ca" },
    {
      name: "kubelet",
      commonName: `system:node:${node.name}`,
      organizations: ["system:nodes"],
      hosts: [node.name, node.address],
      signer: "ca",
    },
    { name: "kube-proxy", commonName: "system:kube-proxy", signer: "ca" },
  ];
}
