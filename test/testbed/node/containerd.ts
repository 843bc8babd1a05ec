import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands";
import { startDaemon, waitUntil } from "../daemons";
import { networkPlugins, pauseImage } from "./programs";

/** Addresses of pods on the real node; those on fake nodes have others. */
export const podRange = "10.244.0.0/24";

export const containerdSocket = (folder: string): string => join(folder, "run", "containerd.sock");

/** Starts containerd with folders, socket and pod network of its own, and waits until it answers. */
export async function startContainerd(testbed: string, folder: string, enter: readonly string[]): Promise<void> {
  const at = (...path: string[]): string => join(folder, "containerd", ...path);
  for (const path of [at("network"), join(folder, "run")]) mkdirSync(path, { recursive: true });
  writeFileSync(at("config.toml"), configuration(folder, at));
  writeFileSync(at("network", "10-bridge.conflist"), JSON.stringify(podNetwork(at("addresses"))));
  const containerd = startDaemon(testbed, {
    name: "containerd",
    command: [...enter, "containerd", "--config", at("config.toml")],
  });
  await waitUntil("waiting for containerd", testbed, [containerd], () =>
    ctr(folder, enter, "version").then(
      () => true,
      () => false,
    ),
  );
}

/** containerd's command line, on the images and containers that the kubelet sees. */
export function ctr(folder: string, enter: readonly string[], ...args: readonly string[]): Promise<string> {
  return run([...enter, "ctr", "--address", containerdSocket(folder), "--namespace", "k8s.io", ...args]);
}

/** Makes containerd trust a registry whose certificate no public authority signed; it looks when it next pulls from there. */
export function trustRegistry(folder: string, host: string, authority: string): void {
  const place = join(registriesFolder(folder), host);
  mkdirSync(place, { recursive: true });
  const server = `https://${host}`;
  const trust = `server = "${server}"\n[host."${server}"]\n  capabilities = ["pull", "resolve"]\n  ca = "${authority}"\n`;
  writeFileSync(join(place, "hosts.toml"), trust);
}

const registriesFolder = (folder: string): string => join(folder, "containerd", "registries");

function configuration(folder: string, at: (...path: string[]) => string): string {
  const cri = "io.containerd.grpc.v1.cri";
  return `version = 2
root = "${at("root")}"
state = "${at("state")}"
[grpc]
  address = "${containerdSocket(folder)}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${at("opt")}"
[plugins."${cri}"]
  sandbox_image = "${pauseImage}"
  # Without it pods fail where the right to lower a process's score (CAP_SYS_RESOURCE) is missing.
  restrict_oom_score_adj = true
  [plugins."${cri}".registry]
    config_path = "${registriesFolder(folder)}"
  [plugins."${cri}".cni]
    bin_dir = "${networkPlugins}"
    conf_dir = "${at("network")}"
  [plugins."${cri}".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."${cri}".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/** A bridge between the pods; the plugins know no network policies. */
function podNetwork(addresses: string): object {
  return {
    cniVersion: "1.0.0",
    name: "testbed",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          dataDir: addresses,
          ranges: [[{ subnet: podRange }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}
