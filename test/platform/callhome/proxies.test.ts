import { createServer } from "../../../apps/callhome/src/http/server";
import { createLog } from "../../../apps/callhome/src/operations/log";
import { sentence } from "../../../platform/shared/problems";
import { changed, type Draft, type examples, refusals } from "../../support/environments";
import { withBalancer } from "../../support/invalid-balancing";
import { platformOf } from "../../support/kubernetes";

const images = { "start-page": "0", callhome: "0" };
const http = { mode: "http", certificate: { chain: "front-tls", key: "front-tls" } };
const tcp = { mode: "tcp", clientAddress: "not-needed" };

const behind = (ingress: object) => (draft: Draft) => (draft.services.front.ingress = ingress);

/** Whose X-Forwarded-For Callhome is told to believe. */
function trusted(example: keyof typeof examples, change?: (draft: Draft) => void): string[] {
  const { callhome } = platformOf(example, change);
  return callhome?.workload.env.CALLHOME_TRUST_PROXY?.split(",") ?? [];
}

describe("whom Callhome believes about its clients", () => {
  it("is the gateway's proxy, which learned of the client by the PROXY protocol", () => {
    expect(trusted("onprem")).toEqual(["10.42.0.0/16"]);
  });

  it("is also a load balancer that tells the client in a header", () => {
    expect(trusted("onprem", behind(http))).toEqual(["10.42.0.0/16", "10.10.1.11/32", "10.10.1.12/32"]);
  });

  it("is a load balancer by the addresses of its second network, too", () => {
    const second = behind({ ...http, sourceAddresses: ["10.10.3.11", "10.10.3.12"] });
    expect(trusted("onprem", second).slice(3)).toEqual(["10.10.3.11/32", "10.10.3.12/32"]);
  });

  it("is no load balancer that stands before something else", () => {
    expect(trusted("onprem", behind({ ...http, nodes: ["gitlab"] }))).toEqual(["10.42.0.0/16"]);
  });

  it("is whoever else the data names, and nobody twice", () => {
    const change = (draft: Draft) => {
      behind(http)(draft);
      draft.callhome.trustProxy = ["10.10.1.11/32", "10.10.3.80/32"];
    };
    expect(trusted("onprem", change)).toEqual(["10.42.0.0/16", "10.10.1.11/32", "10.10.1.12/32", "10.10.3.80/32"]);
  });

  it.each([
    ["the client where the proxy has added the load balancer", "10.42.3.7", "203.0.113.9, 10.10.1.12", "203.0.113.9"],
    ["the client where the proxy has handed the header on", "10.42.3.7", "203.0.113.9", "203.0.113.9"],
    ["only the load balancer where the proxy believes nobody", "10.42.3.7", "10.10.1.12", "10.10.1.12"],
    [
      "the client where it wrote an address before its own",
      "10.42.3.7",
      "8.8.8.8, 203.0.113.9, 10.10.1.12",
      "203.0.113.9",
    ],
    ["who connects where it is neither of the two", "10.10.2.21", "203.0.113.9", "10.10.2.21"],
  ])("makes the service see %s", async (_, remoteAddress, forwarded, client) => {
    const trustProxy = trusted("onprem", behind(http));
    const server = createServer({ trustProxy, bodyBytes: 1024, log: createLog("silent") });
    server.get("/who", (request) => request.ip);
    const answer = await server.inject({ url: "/who", remoteAddress, headers: { "x-forwarded-for": forwarded } });
    await server.close();
    expect(answer.body).toBe(client);
  });
});

/** A cluster on machines in AWS, with a load balancer before it that looks at requests. */
function clusterInAws(draft: Draft): Draft {
  withBalancer(draft).services.front.ingress = { ...http, nodes: ["bastion-1"] };
  const { gateway } = draft.cluster;
  draft.cluster = { distribution: "existing", gateway, podBlock: "10.42.0.0/16", nodes: {} };
  draft.cluster.nodes["node-1"] = { cpus: 8, memory: "32Gi" };
  draft.cluster.nodes["node-2"] = { cpus: 8, memory: "32Gi" };
  draft.storage.classes = {};
  draft.databases.callhome = {
    ...draft.databases.callhome,
    kind: "external",
    server: { host: "pg.acme.example", block: "10.20.64.0/24" },
  };
  for (const part of ["instanceClass", "storage"]) delete draft.databases.callhome[part];
  draft.secretStore = { kind: "operator-created" };
  return draft;
}

describe("a load balancer whose address AWS chooses", () => {
  const refused = (change: (draft: Draft) => void) =>
    refusals(
      changed("aws", (draft) => change(clusterInAws(draft))),
      images,
    );
  const because =
    "AWS chooses the address of lb-2, by which front tells whom it speaks for, and nobody knows it before: give machines.lb-2 an address, or name its subnet here";

  it("fails where nobody says which addresses it may have", () => {
    expect(refused(() => {})).toEqual([`aws.callhome.trustProxy is missing: ${because}`]);
  });

  it("fails where what is named lies elsewhere", () => {
    expect(refused((draft) => (draft.callhome.trustProxy = ["10.99.0.0/24"]))).toEqual([
      `aws.callhome.trustProxy is ["10.99.0.0/24"], but ${because}`,
    ]);
  });

  it("is believed by its subnet, or by an address that the data gives it", () => {
    expect(refused((draft) => (draft.callhome.trustProxy = ["10.20.128.0/20"]))).toEqual([]);
    expect(refused((draft) => (draft.machines["lb-2"].address = "10.20.32.10"))).toEqual([]);
  });

  it("is no matter where its clients are told by the PROXY protocol", () => {
    const told = { mode: "proxy-protocol", nodes: ["bastion-1"] };
    expect(refused((draft) => (draft.services.front.ingress = told))).toEqual([]);
  });
});

describe("somebody in between who hides all clients", () => {
  const warnings = (example: keyof typeof examples, change: (draft: Draft) => void) =>
    platformOf(example, change)
      .warnings.map(sentence)
      .filter((one) => one.includes("Callhome"));

  it("is told of where a load balancer passes connections on as they are", () => {
    expect(warnings("onprem", behind(tcp))).toEqual([
      'onprem.services.front.ingress.clientAddress is "not-needed", but Callhome limits calls and counts countries by it, and takes the load balancer for every client: use mode proxy-protocol or http',
    ]);
    expect(warnings("onprem", behind({ ...tcp, nodes: ["gitlab"] }))).toEqual([]);
  });

  it("is told of where the addresses of a cluster's pods are unknown", () => {
    const unknown = (draft: Draft) => delete draft.cluster.podBlock;
    expect(warnings("local", unknown)).toEqual([
      "local.cluster.podBlock is missing: the gateway's proxy is not believed about its clients, and Callhome takes it for all of them: name the addresses of the cluster's pods",
    ]);
    const named = (draft: Draft) => {
      unknown(draft);
      draft.callhome.trustProxy = ["10.42.0.0/16"];
    };
    expect(warnings("local", named)).toEqual([]);
  });
});
