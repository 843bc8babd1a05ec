import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { document, fileOf } from "../constructs/machine-roles/support/documents";
import { lacking } from "../constructs/machine-roles/support/programs";
import { tier } from "../support/require";
import { missing } from "../testbed";

const lacks = [...missing(3).filter(({ neededBy }) => neededBy === "testbed"), ...lacking("nft", "curl", "python3")];

/** As Docker publishes a container's ports: whoever asks the machine for 443 or 80 is passed on before the host looks at it. */
const DOCKER = `table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat;
		fib daddr type local tcp dport 443 dnat to 172.18.0.2:8443
		fib daddr type local tcp dport 80 dnat to 172.18.0.2:8080
	}
}
`;

tier("machines", lacks)("the firewall of a machine with Docker", () => {
  const folder = mkdtempSync(join(tmpdir(), "bastide-firewall-"));
  const name = (role: string) => `bastide-fw-${process.pid}-${role}`;
  const [machine, client, container] = [name("machine"), name("client"), name("container")];
  const listening = [
    [container, 8443],
    [container, 8080],
    [client, 9000],
  ] as const;
  const servers: ChildProcess[] = [];
  const sh = (command: string) => spawnSync("sh", ["-ec", command], { encoding: "utf8" });
  const must = (command: string) => {
    const { status, stderr } = sh(command);
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  };

  beforeAll(async () => {
    writeFileSync(join(folder, "docker.nft"), DOCKER);
    writeFileSync(join(folder, "ours.nft"), fileOf(document("harbor"), "/etc/nftables.conf"));
    for (const namespace of [machine, client, container])
      must(`ip netns add ${namespace} && ip -n ${namespace} link set lo up`);
    must(`ip -n ${machine} link add lan type veth peer name lan netns ${client}
      ip -n ${machine} addr add 10.10.1.21/22 dev lan && ip -n ${machine} addr add 192.0.2.1/24 dev lan && ip -n ${machine} link set lan up
      ip -n ${client} addr add 10.10.0.50/22 dev lan && ip -n ${client} addr add 192.0.2.5/24 dev lan && ip -n ${client} link set lan up
      ip -n ${machine} link add br-harbor type bridge && ip -n ${machine} addr add 172.18.0.1/16 dev br-harbor && ip -n ${machine} link set br-harbor up
      ip -n ${machine} link add port type veth peer name eth0 netns ${container}
      ip -n ${machine} link set port master br-harbor up && ip -n ${container} link set eth0 up
      ip -n ${container} addr add 172.18.0.2/16 dev eth0 && ip -n ${container} route add default via 172.18.0.1
      ip -n ${client} route add 172.18.0.0/16 via 10.10.1.21
      nsenter --net=/run/netns/${machine} sysctl -q -w net.ipv4.ip_forward=1
      nsenter --net=/run/netns/${machine} nft -f ${folder}/docker.nft
      nsenter --net=/run/netns/${machine} nft -f ${folder}/ours.nft`);
    for (const [where, port] of listening) {
      const program = ["python3", "-m", "http.server", "--directory", folder, String(port)];
      servers.push(spawn("nsenter", [`--net=/run/netns/${where}`, ...program], { stdio: "ignore" }));
    }
    for (const [where, port] of listening) {
      const url = `http://127.0.0.1:${port}/`;
      for (let tenth = 0; tenth < 100 && !reached(where, url); tenth++) await sleep(100);
    }
  });
  afterAll(() => {
    for (const server of servers) server.kill();
    for (const namespace of [machine, client, container]) sh(`ip netns delete ${namespace}`);
    rmSync(folder, { recursive: true });
  });

  const reached = (from: string, url: string, ...options: string[]) =>
    spawnSync("nsenter", [
      `--net=/run/netns/${from}`,
      "curl",
      "--silent",
      "--output",
      "/dev/null",
      "--max-time",
      "2",
      ...options,
      url,
    ]).status === 0;

  it("lets clients of the environment in to the port that is described", () => {
    expect(reached(client, "http://10.10.1.21:443/")).toBe(true);
  });

  it("keeps a port closed that Docker publishes and nobody described", () => {
    expect(reached(client, "http://10.10.1.21:80/")).toBe(false);
  });

  it("lets nobody in from elsewhere", () => {
    expect(reached(client, "http://192.0.2.1:443/", "--interface", "192.0.2.5")).toBe(false);
  });

  it("lets nobody reach a container by its own address", () => {
    expect(reached(client, "http://172.18.0.2:8080/")).toBe(false);
  });

  it("lets containers out: to the identity provider, and to the store", () => {
    expect(reached(container, "http://10.10.0.50:9000/")).toBe(true);
  });

  it("would let everybody in without its rules for what is passed on", () => {
    must(`nsenter --net=/run/netns/${machine} nft delete chain inet bastide forward`);
    expect(reached(client, "http://10.10.1.21:80/")).toBe(true);
    expect(reached(client, "http://192.0.2.1:443/", "--interface", "192.0.2.5")).toBe(true);
    expect(reached(client, "http://172.18.0.2:8080/")).toBe(true);
  });
});
