import { type Draft, dropCluster } from "./environments";
import type { InvalidCase } from "./invalid-environments";

const onprem = (title: string, change: (draft: Draft) => void, refusal: string): InvalidCase => {
  return { title, of: "onprem", change, refusal: `onprem.${refusal}` };
};

/** A load balancer in front of the machines of the example `aws`. */
export function withBalancer(draft: Draft): Draft {
  const machine = { provider: "ec2", instanceType: "t3.small", image: "ami-0123456789abcdef0" };
  draft.machines["lb-1"] = { ...machine, role: "haproxy", zone: "a", address: "10.20.0.10" };
  draft.machines["lb-2"] = { ...machine, role: "haproxy", zone: "b" };
  draft.machines["bastion-1"].open = { http: { port: 80 }, https: { port: 443 } };
  draft.services = {
    front: { kind: "haproxy", machines: ["lb-1", "lb-2"], ingress: { mode: "proxy-protocol", nodes: ["bastion-1"] } },
  };
  return draft;
}

const http = { mode: "http", certificate: { chain: "front-tls", key: "front-tls" } };

const denying = (matching: string) => ({ ...http, deny: { rule: { in: "url", matching } } });

/** Another pair of load balancers, with the settings of the first but for its virtual address. */
export function secondPair(draft: Draft, virtualAddress: object): void {
  for (const [place, name] of ["lb-3", "lb-4"].entries())
    draft.machines[name] = { ...draft.machines["lb-1"], address: `10.10.1.${60 + place}` };
  draft.services.second = { ...draft.services.front, machines: ["lb-3", "lb-4"], virtualAddress };
}

/** What may be wrong between a load balancer and those whom it passes requests on to. */
export const invalidBalancing: readonly InvalidCase[] = [
  onprem(
    "a HAProxy backend that is no RKE2 server",
    (d) => (d.services.front.servers = ["rke2-1", "node-1"]),
    'services.front.servers[1] is "node-1", but its role is rke2-agent, and only an rke2-server answers on 6443 and 9345: use some of rke2-1, rke2-2, rke2-3',
  ),
  onprem(
    "a load balancer that shuts nodes out of the API server of their cluster",
    (d) => (d.services.front.openTo = ["10.10.2.0/23"]),
    'services.front.openTo is ["10.10.2.0/23"], but it shuts out rke2-1 (10.10.0.11/32), rke2-2 (10.10.0.12/32), rke2-3 (10.10.0.13/32), 6 more, which reach the API server of their cluster by k8s.corp.acme.example: add their networks',
  ),
  onprem(
    "a load balancer open to the world whose API server is closed to a node",
    (d) => Object.assign(d.services.front, { openTo: ["0.0.0.0/0"], apiOpenTo: ["10.10.0.0/27", "10.50.0.0/16"] }),
    'services.front.apiOpenTo is ["10.10.0.0/27","10.50.0.0/16"], but it shuts out stor-2 (10.10.0.32/32), stor-3 (10.10.0.33/32), which reach the API server of their cluster by k8s.corp.acme.example: add their networks',
  ),
  onprem(
    "interfaces of a pair of which one has no name of an interface",
    (d) => (d.services.front.virtualAddress.interface = ["eno1", "en s18"]),
    'services.front.virtualAddress.interface[1] is "en s18", but that is no name of an interface: write it like eth0',
  ),
  onprem(
    "one interface more than a pair has machines",
    (d) => (d.services.front.virtualAddress.interface = ["eno1", "ens18", "eth0"]),
    'services.front.virtualAddress.interface is ["eno1","ens18","eth0"], but it must be at most 2 entries long: use 2 or less',
  ),
  onprem(
    "an interface that is no name of one",
    (d) => (d.services.front.virtualAddress.interface = "eth 0"),
    'services.front.virtualAddress.interface is "eth 0", but that is no name of an interface: write it like eth0',
  ),
  onprem(
    "a HAProxy backend that does not exist",
    (d) => (d.services.front.servers = ["rke2-4"]),
    'services.front.servers[0] is "rke2-4", but there is no machine of that name: did you mean rke2-1? Known: rke2-1, rke2-2, rke2-3',
  ),
  {
    title: "a virtual address on EC2",
    of: "aws",
    change: (d) => (withBalancer(d).services.front.virtualAddress = { address: "10.20.0.9" }),
    refusal:
      'aws.services.front.virtualAddress is "10.20.0.9", but machine lb-1 stands in AWS, where no address moves from machine to machine: leave it out, for a network load balancer stands before the pair',
  },
  {
    title: "a pair of which one stands in AWS",
    of: "aws",
    change: (d) =>
      (withBalancer(d).machines["lb-2"] = {
        ...{ provider: "existing", role: "haproxy", address: "10.20.0.11", cpus: 2, memory: "2Gi" },
      }),
    refusal:
      'aws.services.front.machines[1] is "lb-2", but it does not stand in AWS as lb-1 does, so nothing can stand before both: use two of one kind',
  },
  {
    title: "a public load balancer for a private network",
    of: "aws",
    change: (d) => (withBalancer(d).services.front.openTo = ["203.0.113.0/24", "10.0.0.0/8"]),
    refusal:
      'aws.services.front.openTo[1] is "10.0.0.0/8", but 203.0.113.0/24 makes the load balancer public, and who comes to a public address does not come from a private one: name the public addresses by which those networks go out, or give them a service of their own',
  },
  {
    title: "a public load balancer for a private network of administrators",
    of: "aws",
    change: (d) => Object.assign(withBalancer(d).services.front, { openTo: ["0.0.0.0/0"], apiOpenTo: ["10.0.0.0/8"] }),
    refusal:
      'aws.services.front.apiOpenTo[0] is "10.0.0.0/8", but 0.0.0.0/0 makes the load balancer public, and who comes to a public address does not come from a private one: name the public addresses by which those networks go out, or give them a service of their own',
  },
  onprem(
    "an API server that the whole world reaches, because its applications are for everybody",
    (d) => (d.services.front.openTo = ["0.0.0.0/1", "128.0.0.0/1"]),
    "services.front.apiOpenTo is missing: openTo names 0.0.0.0/1, and the whole world could reach the API server of the cluster, too: name the networks from which people and nodes reach it",
  ),
  onprem(
    "a virtual address of one machine alone",
    (d) => d.services.front.machines.pop() && delete d.machines["lb-2"],
    'services.front.virtualAddress is "10.10.1.10", but one machine alone has nobody to give it to: name a second machine',
  ),
  onprem(
    "a virtual address that a machine has",
    (d) => (d.services.front.virtualAddress.address = "10.10.1.21"),
    'services.front.virtualAddress.address is "10.10.1.21", but machine harbor has this address already: choose an address that nothing has',
  ),
  onprem(
    "a virtual address in another network",
    (d) => (d.services.front.virtualAddress.address = "10.99.0.1"),
    'services.front.virtualAddress.address is "10.99.0.1", but it lies outside the environment\'s networks (10.10.0.0/22): choose one that lies inside',
  ),
  onprem(
    "a second address of a load balancer that is none",
    (d) => (d.services.front.ingress.sourceAddresses = ["fd00::5"]),
    'services.front.ingress.sourceAddresses[0] is "fd00::5", but an address is four numbers from 0 to 255: write it like 10.20.0.11',
  ),
  onprem(
    "a second address of a load balancer that is its first",
    (d) => (d.services.front.ingress.sourceAddresses = ["10.10.3.11", "10.10.1.12"]),
    'services.front.ingress.sourceAddresses[1] is "10.10.1.12", but machine lb-2 is known by this address, which counts already: leave it out',
  ),
  onprem(
    "a second address of a load balancer that another machine has",
    (d) => (d.services.front.ingress.sourceAddresses = ["10.10.1.21"]),
    'services.front.ingress.sourceAddresses[0] is "10.10.1.21", but machine harbor has this address already: name the address that the load balancer has in the nodes\' network',
  ),
  onprem(
    "a second address of a load balancer that its pair shares",
    (d) => (d.services.front.ingress.sourceAddresses = ["10.10.1.10"]),
    'services.front.ingress.sourceAddresses[0] is "10.10.1.10", but it is the virtual address of front, and no connection begins from it: name the address that the load balancer has in the nodes\' network',
  ),
  onprem(
    "a second address of two load balancers",
    (d) => {
      d.services.front.ingress = { ...d.services.front.ingress, sourceAddresses: ["10.10.3.11"] };
      secondPair(d, { address: "10.10.1.62", routerId: 52 });
    },
    'services.second.ingress.sourceAddresses[0] is "10.10.3.11", but the address is listed already, in front: list each address once',
  ),
  onprem(
    "a second address of a load balancer in another network",
    (d) => (d.services.front.ingress.sourceAddresses = ["10.99.0.5"]),
    'services.front.ingress.sourceAddresses[0] is "10.99.0.5", but it lies outside the environment\'s networks (10.10.0.0/22): correct it, or add its block',
  ),
  onprem(
    "a second address of a load balancer that is a network's own",
    (d) => (d.services.front.ingress.sourceAddresses = ["10.10.3.255"]),
    'services.front.ingress.sourceAddresses[0] is "10.10.3.255", but it is the broadcast address of 10.10.0.0/22: name one between the first and the last',
  ),
  {
    title: "a second address of a load balancer in AWS",
    of: "aws",
    change: (d) => (withBalancer(d).services.front.ingress.sourceAddresses = ["10.20.0.12"]),
    refusal:
      'aws.services.front.ingress.sourceAddresses[0] is "10.20.0.12", but machine lb-1 stands in AWS, where it has one address alone: leave it out',
  },
  onprem(
    "a load balancer that loses the clients' addresses",
    (d) => (d.services.front.ingress = { mode: "tcp" }),
    'services.front.ingress.mode is "tcp", but applications, their limits and their logs would see the load balancer as every client: use proxy-protocol or http, or add clientAddress: "not-needed"',
  ),
  onprem(
    "a certificate without its key",
    (d) => (d.services.front.ingress = { ...http, certificate: { chain: "front-tls" } }),
    "services.front.ingress.certificate.key is missing: without its key a certificate proves nothing: name the secret of the machine that has the key as its entry tls.key",
  ),
  onprem(
    "a deny rule that is no expression",
    (d) => (d.services.front.ingress = { ...http, deny: { log4shell: { in: "url", matching: "(jndi" } } }),
    'services.front.ingress.deny.log4shell.matching is "(jndi", but it is no regular expression: correct it',
  ),
  onprem(
    "a deny rule that would end HAProxy's own quotes",
    (d) => (d.services.front.ingress = { ...http, deny: { quote: { in: "url", matching: "it's" } } }),
    'services.front.ingress.deny.quote.matching is "it\'s", but a pattern has at most 500 characters, without quotes: write a quote as the expression \\x22 or \\x27',
  ),
  onprem(
    "more connections than the load balancers have memory for",
    (d) => (d.services.front.maxConnections = 200_000),
    "services.front.maxConnections is 200000, but each takes 35 KiB, and machine lb-1 has 2Gi, of which the system takes 300Mi: use 51141 or less, or give the machine more memory",
  ),
  {
    title: "a virtual address that is the network's own",
    of: "onprem",
    change: (d) => (d.services.front.virtualAddress.address = "10.10.0.0"),
    refusal:
      'onprem.services.front.virtualAddress.address is "10.10.0.0", but it is the network address of 10.10.0.0/22: choose one between the first and the last',
  },
  {
    title: "a node that is balanced twice",
    of: "onprem",
    change: (d) => (d.services.front.ingress.nodes = ["node-1", "node-1"]),
    refusal:
      'onprem.services.front.ingress.nodes[1] is "node-1", but the machine is listed already: list each machine once',
  },
  {
    title: "a server that is balanced twice",
    of: "onprem",
    change: (d) => (d.services.front.servers = ["rke2-1", "rke2-1"]),
    refusal: 'onprem.services.front.servers[1] is "rke2-1", but the machine is listed already: list each machine once',
  },
  {
    title: "two pairs with one virtual address",
    of: "onprem",
    change: (d) => secondPair(d, { address: "10.10.1.10", routerId: 52 }),
    refusal:
      'onprem.services.second.virtualAddress.address is "10.10.1.10", but service front has this address already: choose an address that nothing has',
  },
  {
    title: "two pairs with one number",
    of: "onprem",
    change: (d) => secondPair(d, { address: "10.10.1.50" }),
    refusal:
      "onprem.services.second.virtualAddress.routerId is 51, but the pair of service front has this number, and both would take each other for one: give each pair a number of its own, from 1 to 255",
  },
  onprem(
    "a machine behind a load balancer that its firewall shuts out",
    (d) => (d.services.front.ingress.nodes = ["node-1", "pg-1"]),
    'services.front.ingress.nodes[1] is "pg-1", but its firewall shuts out lb-1 (10.10.1.11/32), lb-2 (10.10.1.12/32) on 80 and 443, and requests would wait for nothing: open 80 and 443 to the load balancer in machines.pg-1.open',
  ),
  onprem(
    "a machine behind a load balancer that opens one of its ports to somebody else",
    (d) => {
      d.services.front.ingress = { ...http, nodes: ["gitlab"] };
      d.machines.gitlab.open.https.from = ["10.10.1.11/32"];
    },
    'services.front.ingress.nodes[0] is "gitlab", but its firewall shuts out lb-2 (10.10.1.12/32) on 443, and requests would wait for nothing: open 443 to the load balancer in machines.gitlab.open',
  ),
  onprem(
    "a machine that a load balancer reaches from a second network, and lets only the first in",
    (d) => {
      d.services.front.ingress = { ...http, nodes: ["gitlab"], sourceAddresses: ["10.10.3.11"] };
      d.machines.gitlab.open.https.from = ["10.10.1.0/24"];
    },
    'services.front.ingress.nodes[0] is "gitlab", but its firewall shuts out front (10.10.3.11/32) on 443, and requests would wait for nothing: open 443 to the load balancer in machines.gitlab.open',
  ),
  onprem(
    "a machine behind a load balancer whose role opens other ports",
    (d) => (d.services.front.ingress.nodes = ["s3-1"]),
    'services.front.ingress.nodes[0] is "s3-1", but its firewall shuts out lb-1 (10.10.1.11/32), lb-2 (10.10.1.12/32) on 80 and 443, and requests would wait for nothing: name a node of a cluster, or a machine with the role plain',
  ),
  {
    title: "a machine in AWS behind a load balancer that its security group shuts out",
    of: "aws",
    change: (d) => {
      withBalancer(d).machines["bastion-1"].open = {};
      delete d.machines["lb-1"].address;
    },
    refusal:
      'aws.services.front.ingress.nodes[0] is "bastion-1", but its firewall shuts out lb-1, lb-2 on 80 and 443, and requests would wait for nothing: open 80 and 443 to the load balancer in machines.bastion-1.open',
  },
  {
    title: "a node in AWS that is asked on a port which its role does not open",
    of: "aws",
    change: (d) => {
      const { gateway } = d.cluster;
      dropCluster(d);
      const { front } = withBalancer(d).services;
      delete d.machines["lb-1"].address;
      const machine = { ...d.machines["bastion-1"], instanceType: "m6i.large", open: {} };
      d.machines["rke2-1"] = { ...machine, role: "rke2-server", address: "10.20.0.20" };
      d.machines["node-1"] = { ...machine, role: "rke2-agent", address: "10.20.0.21" };
      const pools = { general: { machines: ["node-1"] } };
      d.cluster = { distribution: "rke2", endpoint: "k8s.acme.example", servers: ["rke2-1"], pools, gateway };
      front.ingress = { mode: "proxy-protocol", ports: { http: 8080 } };
    },
    refusal:
      "aws.services.front.ingress.nodes is missing: without it node-1 is one, whose firewall shuts out lb-1, lb-2 on 8080, and requests would wait for nothing: use the ports 80 and 443",
  },
  onprem(
    "two load balancers of which the first alone speaks the PROXY protocol to a port",
    (d) => {
      secondPair(d, { address: "10.10.1.62", routerId: 52 });
      d.services.second.ingress = { ...http, nodes: ["node-2"] };
    },
    'services.second.ingress.mode is "http", but service front speaks the PROXY protocol on port 443 of node-2, where nobody may guess who speaks it: use it in both or in none, or other ports or nodes in one of them',
  ),
  onprem(
    "two load balancers of which the second alone speaks the PROXY protocol to a port",
    (d) => {
      secondPair(d, { address: "10.10.1.62", routerId: 52 });
      d.services.front.ingress = { mode: "tcp", clientAddress: "not-needed" };
    },
    'services.second.ingress.mode is "proxy-protocol", but service front does without the PROXY protocol on port 80 of node-1, where nobody may guess who speaks it: use it in both or in none, or other ports or nodes in one of them',
  ),
  onprem(
    "a deny rule with a class of no characters",
    (d) => (d.services.front.ingress = denying("x[]")),
    'services.front.ingress.deny.rule.matching is "x[]", but [] is no class in HAProxy\'s expressions (PCRE2), where its ] is one of the characters: name its characters, with \\] for a ], or write [\\s\\S] for any',
  ),
  onprem(
    "a deny rule with a class of all characters that HAProxy does not know",
    (d) => (d.services.front.ingress = denying("x[a][^]y")),
    'services.front.ingress.deny.rule.matching is "x[a][^]y", but [^] is no class in HAProxy\'s expressions (PCRE2), where its ] is one of the characters: name its characters, with \\] for a ], or write [\\s\\S] for any',
  ),
  onprem(
    "a deny rule with an escape of JavaScript",
    (d) => (d.services.front.ingress = denying("[\\u0024]")),
    'services.front.ingress.deny.rule.matching is "[\\\\u0024]", but HAProxy\'s expressions (PCRE2) know no \\u: write the character itself, or its number like \\x2e',
  ),
  onprem(
    "a deny rule that asks for what it does anyway",
    (d) => (d.services.front.ingress = denying("(?i)jndi")),
    'services.front.ingress.deny.rule.matching is "(?i)jndi", but a rule ignores the case of letters anyway: leave (?i) out, and write (?: for (?i:',
  ),
];
