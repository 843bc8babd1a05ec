import { document, fileOf } from "../constructs/machine-roles/support/documents";
import { lacking } from "../constructs/machine-roles/support/programs";
import type { Draft } from "../support/environments";
import { tier } from "../support/require";
import { missing } from "../testbed";
import { FirewallLab, firewallPrograms } from "./support/firewall-lab";

const lacks = [...missing(3).filter(({ neededBy }) => neededBy === "testbed"), ...lacking(...firewallPrograms)];

/** As Docker publishes a container's ports: whoever asks the machine for 443 or 80 is passed on before the host looks at it. */
const DOCKER = `table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat;
		fib daddr type local tcp dport 443 dnat to 172.18.0.2:8443
		fib daddr type local tcp dport 80 dnat to 172.18.0.2:8080
	}
}
`;

const onlyHttps = ({ machines }: Draft) => (machines.gitlab.open = { https: { port: 443 } });

tier("machines", lacks)("the firewall of a machine with Docker", () => {
  describe.each([{ name: "harbor" }, { name: "gitlab", change: onlyHttps }])("that is $name", ({ name, change }) => {
    const lab = new FirewallLab(`fw-${name}`);
    const { machine, client, container } = lab;
    const links = `
    ip -n ${machine} link add lan type veth peer name lan netns ${client}
    ip -n ${machine} addr add 10.10.1.21/22 dev lan && ip -n ${machine} addr add 192.0.2.1/24 dev lan && ip -n ${machine} link set lan up
    ip -n ${client} addr add 10.10.0.50/22 dev lan && ip -n ${client} addr add 192.0.2.5/24 dev lan && ip -n ${client} link set lan up
    ip -n ${machine} link add br-harbor type bridge && ip -n ${machine} addr add 172.18.0.1/16 dev br-harbor && ip -n ${machine} link set br-harbor up
    ip -n ${machine} link add port type veth peer name eth0 netns ${container}
    ip -n ${machine} link set port master br-harbor up && ip -n ${container} link set eth0 up
    ip -n ${container} addr add 172.18.0.2/16 dev eth0 && ip -n ${container} route add default via 172.18.0.1
    ip -n ${client} route add 172.18.0.0/16 via 10.10.1.21
    ip -n ${machine} link add virbr0 type bridge && ip -n ${machine} addr add 172.19.0.1/16 dev virbr0 && ip -n ${machine} link set virbr0 up
    ip -n ${machine} link add guest type veth peer name eth1 netns ${container}
    ip -n ${machine} link set guest master virbr0 up && ip -n ${container} link set eth1 up
    ip -n ${container} addr add 172.19.0.2/16 dev eth1 && ip -n ${client} route add 172.19.0.0/16 via 10.10.1.21`;

    beforeAll(() =>
      lab.start(
        links,
        [DOCKER, fileOf(document(name, change), "/etc/nftables.conf")],
        [
          [container, 8443],
          [container, 8080],
          [client, 9000],
        ],
      ),
    );
    afterAll(() => lab.stop());

    it("lets clients of the environment in to the port that is described", () => {
      expect(lab.reached(client, "http://10.10.1.21:443/")).toBe(true);
    });

    it("keeps a port closed that Docker publishes and nobody described", () => {
      expect(lab.reached(client, "http://10.10.1.21:80/")).toBe(false);
    });

    it("lets nobody in from elsewhere", () => {
      expect(lab.reached(client, "http://192.0.2.1:443/", "--interface", "192.0.2.5")).toBe(false);
    });

    it("lets nobody reach a container by its own address", () => {
      expect(lab.reached(client, "http://172.18.0.2:8080/")).toBe(false);
    });

    it("lets containers out: to the identity provider, and to the store", () => {
      expect(lab.reached(container, "http://10.10.0.50:9000/")).toBe(true);
    });

    it("leaves alone what else the machine passes on: to guests of libvirt", () => {
      expect(lab.reached(client, "http://172.19.0.2:8080/")).toBe(true);
    });

    it("would let everybody in without its rules for what is passed on", () => {
      lab.onMachine("nft delete chain inet bastide forward");
      expect(lab.reached(client, "http://10.10.1.21:80/")).toBe(true);
      expect(lab.reached(client, "http://192.0.2.1:443/", "--interface", "192.0.2.5")).toBe(true);
      expect(lab.reached(client, "http://172.18.0.2:8080/")).toBe(true);
    });
  });
});
