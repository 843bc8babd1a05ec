import { document, fileOf } from "../constructs/machine-roles/support/documents";
import { lacking } from "../constructs/machine-roles/support/programs";
import type { Draft } from "../support/environments";
import { tier } from "../support/require";
import { missing } from "../testbed";
import { FirewallLab, firewallPrograms } from "./support/firewall-lab";

const lacks = [...missing(3).filter(({ neededBy }) => neededBy === "testbed"), ...lacking(...firewallPrograms)];

/**
 * As a cluster's network gives a pod a port of its host: whoever asks the node for it is passed on before the host looks at it. And as it masks
 * what a pod asks outside, by any port of the node: here by that same one.
 */
const HOST_PORT = `table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat;
		fib daddr type local tcp dport 443 dnat to 10.42.1.5:8443
	}
	chain postrouting {
		type nat hook postrouting priority srcnat;
		ip saddr 10.42.0.0/16 tcp dport 8080 masquerade to :443
	}
}
`;

tier("machines", lacks)("the firewall of a node behind a load balancer", () => {
  const lab = new FirewallLab("node");
  const { machine, client, container: pod } = lab;
  // The client's side has the addresses of node-1's neighbours: both of a load balancer's, the one that a pair shares, and anybody's.
  const links = `
    ip -n ${machine} link add lan type veth peer name lan netns ${client}
    ip -n ${machine} addr add 10.10.0.21/22 dev lan && ip -n ${machine} link set lan up
    for address in 10.10.0.50 10.10.1.10 10.10.1.11 10.10.3.11; do ip -n ${client} addr add $address/22 dev lan; done && ip -n ${client} link set lan up
    ip -n ${machine} link add pod type veth peer name eth0 netns ${pod}
    ip -n ${machine} addr add 10.42.1.1/24 dev pod && ip -n ${machine} link set pod up
    ip -n ${pod} addr add 10.42.1.5/24 dev eth0 && ip -n ${pod} link set eth0 up && ip -n ${pod} route add default via 10.42.1.1
    ip -n ${client} route add 10.42.0.0/16 via 10.10.0.21`;
  const twoNetworks = (draft: Draft) => (draft.services.front.ingress.sourceAddresses = ["10.10.3.11"]);
  const isReached = (port: number, from: string) =>
    lab.reached(client, `http://10.10.0.21:${port}/`, "--interface", from);

  beforeAll(() =>
    lab.start(
      links,
      [HOST_PORT, fileOf(document("node-1", twoNetworks), "/etc/nftables.conf")],
      [
        [pod, 8443],
        [machine, 80],
        [machine, 30080],
        [client, 443],
        [client, 8080],
      ],
    ),
  );
  afterAll(() => lab.stop());

  it.each([
    ["on the host itself", 80],
    ["in a pod, by a port of the host", 443],
  ])(
    "lets the load balancer in, from both of its networks, to an ingress controller that listens %s, and nobody else",
    (_, port) => {
      const asked = ["10.10.1.11", "10.10.3.11", "10.10.0.50", "10.10.1.10"].map((from) => [
        from,
        isReached(port, from),
      ]);
      const others = { "10.10.0.50": false, "10.10.1.10": false };
      expect(Object.fromEntries(asked)).toEqual({ "10.10.1.11": true, "10.10.3.11": true, ...others });
    },
  );

  it("leaves other ports to whom they are open to", () => {
    expect(isReached(30080, "10.10.0.50")).toBe(true);
  });

  it("leaves the machine its own way to itself, and pods theirs to others", () => {
    expect(lab.reached(machine, "http://10.10.0.21:80/")).toBe(true);
    expect(lab.reached(pod, "http://10.10.0.50:443/")).toBe(true);
  });

  it("takes the answer to what a pod asked, whichever port of the node masks it", () => {
    expect(lab.reached(pod, "http://10.10.0.50:8080/")).toBe(true);
  });

  it("would let everybody in to the pod without its early rules", () => {
    lab.onMachine("nft delete chain inet bastide early");
    expect(isReached(443, "10.10.0.50")).toBe(true);
    expect(isReached(80, "10.10.0.50")).toBe(false);
  });
});
