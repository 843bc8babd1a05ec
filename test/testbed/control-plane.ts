import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answers } from "./answers";
import { serviceRange } from "./certificates";
import { type Daemon, startDaemon, waitUntil } from "./daemons";
import { writeKubeconfig } from "./kubeconfig";

/** Where a control plane runs and what it runs with. */
export interface ControlPlaneProps {
  /** Name of the testbed. */
  readonly testbed: string;
  readonly folder: string;
  /** Folder of the built binary. */
  readonly programs: string;
  readonly certificates: string;
  readonly ports: { readonly api: number; readonly etcd: number; readonly etcdPeer: number };
  /**
   * A place of its own with a real node.
   *
   * @default this machine's loopback address, and only fake nodes
   */
  readonly site?: {
    /** Put before each command, to run it in the network namespace. */
    readonly enter: readonly string[];
    /** Address of the node, where the API server is found by pods and kubelet. */
    readonly address: string;
  };
}

/** One of each, so no election; the default of 20 requests a second makes the start 3 s longer and large tests slow. */
const alone = { "leader-elect": false, "kube-api-qps": 500, "kube-api-burst": 1000 } as const;

/** Flags as a map: `true` stands alone, anything else follows an equals sign. */
const flags = (values: Record<string, string | number | boolean>): string[] =>
  Object.entries(values).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));

/**
 * Starts etcd, API server, controller manager and scheduler, and waits until the API server is ready and the first
 * controllers have done their work. Everything listens on loopback (or inside the namespace) with TLS.
 */
export async function startControlPlane(props: ControlPlaneProps): Promise<void> {
  const start = (daemon: Daemon) =>
    startDaemon(props.testbed, { ...daemon, command: [...(props.site?.enter ?? []), ...daemon.command] });
  for (const folder of ["tmp", "etcd"]) mkdirSync(join(props.folder, folder), { recursive: true, mode: 0o700 });

  const etcd = start({ name: "etcd", command: component(props, "etcd", etcdFlags(props)) });
  const api = start({ name: "kube-apiserver", command: component(props, "kube-apiserver", apiServerFlags(props)) });
  const server = `https://127.0.0.1:${props.ports.api}`;
  const says = (path: string) => () => answers(`${server}${path}`, props.certificates);
  // The controller manager waits 10 s for that and then ends, which a busy machine's API server does not keep.
  await waitUntil("waiting for the API server to be ready", props.testbed, [etcd, api], says("/readyz"));

  const client = (holder: string): string =>
    writeKubeconfig(join(props.folder, `${holder}.kubeconfig`), { ...props, holder, port: props.ports.api });
  const controllers = start({
    name: "kube-controller-manager",
    command: component(props, "kube-controller-manager", {
      kubeconfig: client("kube-controller-manager"),
      "secure-port": 0,
      ...alone,
      "use-service-account-credentials": true,
      "service-account-private-key-file": join(props.certificates, "service-account.key"),
      "flex-volume-plugin-dir": join(props.folder, "volume-plugins"),
      "root-ca-file": join(props.certificates, "ca.crt"),
    }),
  });
  const scheduler = start({
    name: "kube-scheduler",
    command: component(props, "kube-scheduler", {
      kubeconfig: client("kube-scheduler"),
      "secure-port": 0,
      ...alone,
    }),
  });
  const all = [etcd, api, controllers, scheduler];
  // The controllers have begun once the first namespace has its service account, without which no pod is admitted.
  const account = says("/api/v1/namespaces/default/serviceaccounts/default");
  await waitUntil("waiting for the controllers", props.testbed, all, account);
}

function component(props: ControlPlaneProps, name: string, values: Parameters<typeof flags>[0]): string[] {
  return [join(props.programs, "control-plane"), name, ...flags(values)];
}

function etcdFlags({ folder, certificates, ports }: ControlPlaneProps): Parameters<typeof flags>[0] {
  const [client, peer] = [`https://127.0.0.1:${ports.etcd}`, `https://127.0.0.1:${ports.etcdPeer}`];
  const tls = (prefix: string): Record<string, string | boolean> => ({
    [`${prefix}cert-file`]: join(certificates, "etcd.crt"),
    [`${prefix}key-file`]: join(certificates, "etcd.key"),
    [`${prefix}trusted-ca-file`]: join(certificates, "etcd-ca.crt"),
    [`${prefix}client-cert-auth`]: true,
  });
  return {
    name: "testbed",
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `testbed=${peer}`,
    ...tls(""),
    ...tls("peer-"),
    // A testbed's data need not survive a power cut.
    "unsafe-no-fsync": true,
    "log-level": "warn",
  };
}

function apiServerFlags({ certificates, ports, site }: ControlPlaneProps): Parameters<typeof flags>[0] {
  const file = (name: string): string => join(certificates, name);
  return {
    "etcd-servers": `https://127.0.0.1:${ports.etcd}`,
    "etcd-cafile": file("etcd-ca.crt"),
    "etcd-certfile": file("etcd-client.crt"),
    "etcd-keyfile": file("etcd-client.key"),
    "secure-port": ports.api,
    ...(site ? nodeFlags(certificates, site.address) : loopbackFlags),
    "tls-cert-file": file("kube-apiserver.crt"),
    "tls-private-key-file": file("kube-apiserver.key"),
    "client-ca-file": file("ca.crt"),
    "service-cluster-ip-range": serviceRange,
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": file("service-account.crt"),
    "service-account-signing-key-file": file("service-account.key"),
    // On top of the plugins that are on by default, among them PodSecurity, ResourceQuota, LimitRanger and
    // ValidatingAdmissionPolicy: what kubeadm and RKE2 add.
    "enable-admission-plugins": "NodeRestriction",
    "authorization-mode": "Node,RBAC",
    "allow-privileged": true,
    // API servers behind this one (the aggregation layer), which KEDA and metrics-server need.
    "requestheader-client-ca-file": file("front-proxy-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-username-headers": "X-Remote-User",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "proxy-client-cert-file": file("front-proxy-client.crt"),
    "proxy-client-key-file": file("front-proxy-client.key"),
  };
}

/** Only this machine reaches it; no endpoint may be a loopback address, so the API server's own Service has none. */
const loopbackFlags = {
  "bind-address": "127.0.0.1",
  "advertise-address": "127.0.0.1",
  "endpoint-reconciler-type": "none",
} as const;

/** How it reaches the kubelet (logs, exec, port-forward), and where pods reach it. */
function nodeFlags(certificates: string, address: string): Parameters<typeof flags>[0] {
  return {
    "bind-address": "0.0.0.0",
    "advertise-address": address,
    "kubelet-certificate-authority": join(certificates, "ca.crt"),
    "kubelet-client-certificate": join(certificates, "kubelet-client.crt"),
    "kubelet-client-key": join(certificates, "kubelet-client.key"),
    "kubelet-preferred-address-types": "InternalIP",
  };
}

/** Whether the API server of this testbed answers now, over TLS that is verified. */
export function apiServerAnswers(folder: string, port: number): Promise<boolean> {
  return answers(`https://127.0.0.1:${port}/readyz`, join(folder, "certificates"));
}
