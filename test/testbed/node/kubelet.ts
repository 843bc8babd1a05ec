import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "../daemons";
import { writeKubeconfig } from "../kubeconfig";
import type { ProcessRecord } from "../record";
import { cgroupOf } from "./cgroups";
import { dnsAddress } from "./cluster-dns";
import { containerdSocket } from "./containerd";
import { nodeAddress, nodeName } from "./namespaces";

export interface KubeletProps {
  readonly testbed: string;
  readonly folder: string;
  /** Folder of the control plane's binary, which is the kubelet's too. */
  readonly programs: string;
  readonly certificates: string;
  /** Of the API server, on 127.0.0.1 inside the namespaces. */
  readonly port: number;
  readonly enter: readonly string[];
}

/** Starts the kubelet and kube-proxy: from here on the namespaces are a node. */
export function startKubelet(props: KubeletProps): ProcessRecord[] {
  const { testbed, folder, programs, enter } = props;
  const binary = join(programs, "control-plane");
  const configuration = (name: string, content: object): string => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(content, null, 2));
    return file;
  };
  const client = (holder: string): string =>
    writeKubeconfig(join(folder, `${holder}.kubeconfig`), { ...props, holder });
  mkdirSync(join(folder, "kubelet"), { recursive: true });
  writeFileSync(join(folder, "resolv.conf"), "");

  const kubelet = startDaemon(testbed, {
    name: "kubelet",
    command: [
      ...enter,
      binary,
      "kubelet",
      `--config=${configuration("kubelet", kubeletConfiguration(props))}`,
      `--kubeconfig=${client("kubelet")}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${nodeAddress}`,
      `--root-dir=${join(folder, "kubelet")}`,
      `--cert-dir=${join(folder, "kubelet")}`,
    ],
  });
  const proxy = startDaemon(testbed, {
    name: "kube-proxy",
    command: [
      ...enter,
      binary,
      "kube-proxy",
      `--config=${configuration("kube-proxy", proxyConfiguration(client("kube-proxy")))}`,
    ],
  });
  return [kubelet, proxy];
}

function kubeletConfiguration({ testbed, folder, certificates }: KubeletProps): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: nodeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(certificates, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: join(certificates, "kubelet.crt"),
    tlsPrivateKeyFile: join(certificates, "kubelet.key"),
    clusterDNS: [dnsAddress],
    clusterDomain: "cluster.local",
    // Names outside the cluster are known to nobody.
    resolvConf: join(folder, "resolv.conf"),
    containerRuntimeEndpoint: `unix://${containerdSocket(folder)}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: cgroupOf(testbed),
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    podLogsDir: join(folder, "pod-logs"),
    volumePluginDir: join(folder, "volume-plugins"),
    // Images cannot be had again, as there is no registry: the kubelet may not remove any to make room.
    imageGCHighThresholdPercent: 100,
    // Nor does a full disk of the machine make it drive pods away before it is really full.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
  };
}

function proxyConfiguration(kubeconfig: string): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig },
    hostnameOverride: nodeName,
    oomScoreAdj: 0,
    // Limits of the whole machine stay as they are.
    conntrack: { maxPerCore: 0, min: 0 },
  };
}
