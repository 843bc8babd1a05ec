import { App } from "cdk8s";
import { checkOrder } from "../../assembly/checks/order";
import { inOrder } from "../../assembly/order";
import { releasesOf } from "../../charts";
import { groupsBroughtBy } from "../../platform/cluster/shipped";
import { Platform } from "../../platform/platform";
import { sentence } from "../../platform/shared/problems";
import { type Draft, dropCluster, examples } from "../support/environments";
import { objectsOf, placedIn, platformOf, releasesIn } from "../support/kubernetes";
import { problemLine, validateStrictly } from "../support/strict";

const environments = ["aws", "onprem", "local"] as const;
/** Releases of storage and of secrets, which `storage.test.ts` and `secrets.test.ts` look at. */
const STORAGE = [
  "crds-rook",
  "ceph-network",
  "rook-ceph",
  "ceph-csi-drivers",
  "ceph",
  "csi-driver-nfs",
  "storage-classes",
];
const SECRETS = ["crds-external-secrets", "external-secrets", "secrets"];
const KEEP = "helm.sh/resource-policy";

describe.each(environments)("releases of %s", (name) => {
  const releases = releasesIn(platformOf(name));

  test("validate strictly, every object", () => {
    expect(validateStrictly(placedIn(releases).map(({ object }) => object)).map(problemLine)).toEqual([]);
  });

  test("need everything that their objects need", () => {
    const { cluster } = platformOf(name);
    expect(checkOrder(inOrder(releases), groupsBroughtBy(cluster!))).toEqual([]);
  });

  test("begin with the foundation, and have one release each for CRDs, the gateway, every application and Callhome", () => {
    const own = releases.map((release) => release.name).filter((one) => ![...STORAGE, ...SECRETS].includes(one));
    expect(own).toEqual([
      "foundation",
      // Brought by the Traefik of RKE2 and of k3s.
      ...(name === "aws" ? ["crds-gateway-api"] : []),
      "crds-prometheus-operator",
      "gateway",
      // Only where a machine makes backups of itself.
      ...(name === "onprem" ? ["machine-backups"] : []),
      "start-page",
      "callhome",
    ]);
  });

  test("are the same bytes each time", () => {
    expect(JSON.stringify(releasesIn(platformOf(name)))).toBe(JSON.stringify(releases));
  });

  test("name every object once, by what it is and where it is", () => {
    const identities = placedIn(releases).map(
      ({ object: { apiVersion, kind, metadata } }) =>
        `${apiVersion} ${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
    );
    expect(new Set(identities).size).toBe(identities.length);
  });

  test("have a path of their own for every object", () => {
    const paths = placedIn(releases).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe("releases", () => {
  const empty = (draft: Draft) => {
    dropCluster(draft);
    delete draft.storage;
    draft.access.namespaces = {};
  };

  test("are none where there is no cluster", () => {
    expect(releasesOf(new App(), platformOf("onprem", empty))).toEqual([]);
  });

  test("a change of one application changes its release alone", () => {
    const before = releasesIn(platformOf("onprem"));
    const after = releasesIn(
      platformOf("onprem", (draft) => {
        draft.apps["start-page"].replicas = 3;
      }),
    );
    const changed = after.filter((release, index) => JSON.stringify(release) !== JSON.stringify(before[index]));
    expect(changed.map(({ name }) => name)).toEqual(["start-page"]);
  });

  test("an application without a host name does not wait for the gateway", () => {
    const releases = releasesIn(
      platformOf("onprem", (draft) => {
        delete draft.apps["start-page"].host;
      }),
    );
    const { needs } = releases.find(({ name }) => name === "start-page")!;
    expect(needs).toEqual(["foundation", "crds-prometheus-operator"]);
  });

  test("install no CRDs that the cluster brings, and wait for none of them", () => {
    const brings = (draft: Draft) => (draft.cluster.brings = ["gateway-api", "prometheus-operator"]);
    const platform = platformOf("onprem", brings);
    const releases = releasesIn(platform);
    expect(releases.map(({ name }) => name).filter((name) => name.startsWith("crds-"))).toEqual(["crds-rook"]);
    expect(checkOrder(inOrder(releases), groupsBroughtBy(platform.cluster!))).toEqual([]);
    const { needs } = releases.find(({ name }) => name === "start-page")!;
    expect(needs).toEqual(["foundation", "gateway"]);
  });

  test("are warned of where RKE2's own Traefik brings CRDs and nobody says so", () => {
    const warnings = (change?: (draft: Draft) => void) =>
      platformOf("onprem", change)
        .warnings.map(sentence)
        .filter((warning) => warning.includes("proxyNamespace"));
    expect(warnings((draft) => delete draft.cluster.brings)).toEqual([
      'onprem.cluster.gateway.proxyNamespace is "kube-system", but RKE2\'s own Traefik runs there and brings the CRDs of the Gateway API, and Helm refuses to install ours over them: write brings: ["gateway-api"] at cluster',
    ]);
    expect(warnings()).toEqual([]);
    expect(warnings((draft) => (draft.cluster.gateway.proxyNamespace = "traefik"))).toEqual([]);
  });

  test("install all CRDs where the target's cluster is bare, which is nobody's fault", () => {
    const stated = Platform.of(examples.onprem);
    const bare = Platform.of(examples.onprem, undefined, { bareCluster: true });
    const releases = releasesIn(bare);
    expect(releases.map(({ name }) => name)).toContain("crds-gateway-api");
    expect(checkOrder(inOrder(releases), groupsBroughtBy(bare.cluster!))).toEqual([]);
    expect(bare.warnings).toEqual(stated.warnings);
  });

  test("fail where an environment on EKS says that its cluster brings CRDs, for EKS brings none of these", () => {
    expect(() => platformOf("aws", (draft) => (draft.cluster.brings = ["gateway-api"]))).toThrow(
      /aws\.cluster\.brings/,
    );
  });

  test("each application's record is in its own namespace", () => {
    expect(releasesIn(platformOf("onprem")).find(({ name }) => name === "start-page")!.namespace).toBe(
      "internal-tools",
    );
  });
});

describe("removal", () => {
  const kept = (objects: readonly Draft[]) =>
    objects.filter(({ metadata }) => metadata.annotations?.[KEEP] === "keep").map(({ kind }) => kind);
  const stateful = (kind: string) =>
    kind === "Namespace" || kind === "CustomResourceDefinition" || kind.startsWith("Ceph");

  test("keep: namespaces, CRDs and Ceph stay when their release goes, and nothing else does", () => {
    const objects = objectsOf("onprem");
    expect(kept(objects)).toEqual(objects.map(({ kind }) => kind).filter(stateful));
    expect(kept(objects)).toContain("Namespace");
    expect(kept(objects)).toContain("CustomResourceDefinition");
  });

  test("destroy: nothing stays", () => {
    expect(kept(objectsOf("local"))).toEqual([]);
  });

  test("destroying one environment does not change what another keeps", () => {
    objectsOf("local");
    expect(kept(objectsOf("onprem"))).toContain("CustomResourceDefinition");
  });
});
