import { connects, type End } from "../constructs/kubernetes/support/traffic";
import type { Draft } from "../support/environments";
import { objectsOf, only, platformOf, releasesIn } from "../support/kubernetes";

const vault = { kind: "external-secrets", from: { kind: "vault", server: "https://vault.acme.example:8200" } };

test("secrets that a person makes need no release, and nobody waits for one", () => {
  const releases = releasesIn(platformOf("onprem"));
  expect(releases.filter(({ name, needs }) => /secrets/.test([name, ...needs].join()))).toEqual([]);
});

describe("External Secrets", () => {
  const platform = platformOf("aws");
  const releases = releasesIn(platform);
  const release = (name: string) => releases.find((one) => one.name === name);

  test("is installed after its CRDs, and delivers before anything that reads a secret", () => {
    expect(release("external-secrets")?.needs).toEqual([
      "foundation",
      "crds-external-secrets",
      "crds-prometheus-operator",
    ]);
    expect(release("secrets")?.needs).toEqual(["external-secrets"]);
    for (const reader of ["gateway", "start-page"]) expect(release(reader)?.needs).toContain("secrets");
  });

  test("has CRDs of ours, one leader, and rights that no team gets by the way", () => {
    expect(release("external-secrets")?.chart).toMatchObject({
      kind: "upstream",
      version: "2.9.0",
      values: {
        installCRDs: false,
        leaderElect: true,
        replicaCount: 2,
        processSecretStore: false,
        rbac: { aggregateToView: false, aggregateToEdit: false, aggregateToAdmin: false },
      },
    });
  });

  test("is ordered every secret that somebody requires, entry by entry", () => {
    const objects = objectsOf("aws", { release: "secrets" });
    const ordered = objects.filter(({ kind }) => kind === "ExternalSecret");
    expect(ordered.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(
      platform.secrets.map(({ namespace, secret }) => `${namespace}/${secret}`),
    );
    expect(only(objects, "ExternalSecret", "wildcard-acme-example", "gateway").spec).toMatchObject({
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
      target: { name: "wildcard-acme-example", template: { type: "kubernetes.io/tls" } },
      data: [
        { secretKey: "tls.crt", remoteRef: { key: "aws/gateway/wildcard-acme-example", property: "tls.crt" } },
        { secretKey: "tls.key", remoteRef: { key: "aws/gateway/wildcard-acme-example", property: "tls.key" } },
      ],
    });
  });

  test("takes orders from the namespaces that need secrets alone", () => {
    const { conditions } = only(objectsOf("aws", { release: "secrets" }), "ClusterSecretStore").spec;
    expect(conditions).toEqual([
      { namespaces: [...new Set(platform.secrets.map(({ namespace }) => namespace))].sort() },
    ]);
  });

  test("reads Vault with its own service account, on a cluster anywhere", () => {
    const objects = objectsOf("onprem", { change: (d) => (d.secretStore = vault) });
    expect(only(objects, "ClusterSecretStore", "onprem").spec.provider).toEqual({
      vault: {
        server: "https://vault.acme.example:8200",
        path: "secret",
        version: "v2",
        auth: {
          kubernetes: {
            mountPath: "kubernetes",
            role: "external-secrets",
            serviceAccountRef: { name: "external-secrets", namespace: "external-secrets" },
          },
        },
      },
    });
    const out = only(objects, "NetworkPolicy", "source", "external-secrets").spec.egress;
    expect(out).toEqual([{ ports: [{ port: 8200, protocol: "TCP" }] }]);
  });

  test.each([
    // Over the overlay network of RKE2 an API server on another host has an address among the pods'.
    ["onprem", ["10.10.0.0/22", "10.42.0.0/16"]],
    ["aws", ["10.20.0.0/16"]],
    ["local", ["127.0.0.0/8", "10.42.0.0/16"]],
  ] as const)("lets the API server of %s ask its webhook", (example, blocks) => {
    const objects = objectsOf(example, {
      change: (draft) => (draft.secretStore = example === "aws" ? draft.secretStore : vault),
    });
    expect(only(objects, "NetworkPolicy", "webhook", "external-secrets").spec.ingress).toEqual([
      { from: blocks.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ port: 10_250, protocol: "TCP" }] },
    ]);
  });

  test.each([
    // Policies of EKS are judged by the address of the Service, those of RKE2 by that of a server.
    ["aws", "10.96.0.1", 443],
    ["aws", "10.20.3.4", 443],
    ["onprem", "10.10.0.11", 6443],
  ] as const)("reaches the API server of %s at %s", (example, address, port) => {
    const objects = objectsOf(example, { change: (draft) => (draft.secretStore = vault) });
    const from: End = { namespace: "external-secrets", labels: {} };
    expect(connects(objects, { from, to: { address }, port })).toBe(true);
    expect(connects(objects, { from, to: { address }, port: 80 })).toBe(false);
  });

  test("reaches no other Service than the API server's", () => {
    const objects = objectsOf("aws", { change: (draft) => (draft.secretStore = vault) });
    const from: End = { namespace: "external-secrets", labels: {} };
    expect(connects(objects, { from, to: { address: "10.96.0.2" }, port: 443 })).toBe(false);
  });

  test("reaches what hands out roles on a node of EKS", () => {
    const { egress } = only(objectsOf("aws"), "NetworkPolicy", "source", "external-secrets").spec;
    expect(egress).toContainEqual({
      to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
      ports: [{ port: 80, protocol: "TCP" }],
    });
  });

  test("counts in the fit of the cluster", () => {
    const asked = platform.footprints.filter(({ namespace }) => namespace === "external-secrets");
    expect(asked.map(({ owner, replicas }) => [owner.join("."), replicas])).toEqual([
      ["secretStore.controller", 2],
      ["secretStore.webhook", 2],
      ["secretStore.cert-controller", 1],
    ]);
  });
});

test("secrets are ordered each for its own, however a namespace's name and a secret's go together", () => {
  const change = ({ access, apps }: Draft) => {
    for (const [namespace, secret] of [
      ["a", "b-c"],
      ["a-b", "c"],
    ] as const) {
      access.namespaces[namespace] = access.namespaces.web;
      const secrets = { TOKEN: { secret, key: "token" } };
      apps[`in-${namespace}`] = { ...apps["start-page"], namespace, host: `in-${namespace}`, secrets };
    }
  };
  const orders = objectsOf("aws", { release: "secrets", change }).filter(({ kind }) => kind === "ExternalSecret");
  const names = orders.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
  expect(names).toEqual(expect.arrayContaining(["a/b-c", "a-b/c"]));
});
