import { join } from "node:path";
import type { KubernetesObject } from "../../platform/shared/release";
import { tier } from "../support/require";
import { applyNodes, type Testbed, writeKubeconfigAs } from "../testbed";
import { Api, type Person } from "./support/api";
import { lacksRight, mayDo, type Verb } from "./support/attempt";
import { fakeNodeNeeds } from "./support/needs";
import { apply, objectsOf, outputOn } from "./support/output";
import { startOwnTestbed } from "./support/own-testbed";

const people = {
  it: { user: "ida", groups: ["acme-it"] },
  dev: { user: "dora", groups: ["acme-dev"] },
  stranger: { user: "sam", groups: ["acme-sales"] },
} satisfies Record<string, Person>;

type Who = keyof typeof people;
type Row = readonly [who: Who, may: "may" | "may not", verbs: string, what: string, where?: string];

/**
 * Who may do what where, in the environment `onprem`: namespace `dev-apps` belongs to team `dev`, `internal-tools` to team
 * `it`. Without a namespace: in the whole cluster.
 */
const rights: readonly Row[] = [
  // Developers run their own applications.
  ["dev", "may", "get list create update patch delete deletecollection", "deployments.apps", "dev-apps"],
  ["dev", "may", "get list create update patch delete deletecollection", "statefulsets.apps", "dev-apps"],
  ["dev", "may", "create update patch delete", "pods", "dev-apps"],
  ["dev", "may", "create update patch delete", "services", "dev-apps"],
  ["dev", "may", "create update patch delete", "configmaps", "dev-apps"],
  ["dev", "may", "create update patch delete", "persistentvolumeclaims", "dev-apps"],
  ["dev", "may", "create update patch delete", "jobs.batch", "dev-apps"],
  ["dev", "may", "create update patch delete", "cronjobs.batch", "dev-apps"],
  ["dev", "may", "create update patch delete", "horizontalpodautoscalers.autoscaling", "dev-apps"],
  ["dev", "may", "create update patch delete", "poddisruptionbudgets.policy", "dev-apps"],
  ["dev", "may", "create update patch delete", "httproutes.gateway.networking.k8s.io", "dev-apps"],
  ["dev", "may", "create update patch delete", "servicemonitors.monitoring.coreos.com", "dev-apps"],
  ["dev", "may", "create update patch delete", "prometheusrules.monitoring.coreos.com", "dev-apps"],
  ["dev", "may", "get", "pods/log", "dev-apps"],
  ["dev", "may", "get create", "pods/exec", "dev-apps"],
  ["dev", "may", "get create", "pods/portforward", "dev-apps"],
  ["dev", "may", "create", "pods/eviction", "dev-apps"],
  ["dev", "may", "get update patch", "deployments.apps/scale", "dev-apps"],

  // They set secrets and read none: not directly, and not in the answer to a change.
  ["dev", "may", "create update", "secrets", "dev-apps"],
  ["dev", "may not", "get list patch delete deletecollection", "secrets", "dev-apps"],
  ["dev", "may not", "get list create update", "secrets", "internal-tools"],
  ["dev", "may not", "get list", "secrets", "kube-system"],
  ["dev", "may not", "list", "secrets"],
  ["dev", "may not", "create", "serviceaccounts/token", "dev-apps"],
  ["dev", "may not", "create", "serviceaccounts/token", "kube-system"],

  // They do not change what holds them.
  ["dev", "may not", "create update patch delete", "resourcequotas", "dev-apps"],
  ["dev", "may not", "create update patch delete", "limitranges", "dev-apps"],
  ["dev", "may not", "create update patch delete", "networkpolicies.networking.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "rolebindings.rbac.authorization.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "roles.rbac.authorization.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "serviceaccounts", "dev-apps"],
  ["dev", "may not", "create update patch delete", "clusterrolebindings.rbac.authorization.k8s.io"],
  ["dev", "may not", "create update patch delete", "clusterroles.rbac.authorization.k8s.io"],
  ["dev", "may not", "create update patch delete", "namespaces"],
  ["dev", "may not", "create update patch delete", "nodes"],
  ["dev", "may not", "create update patch delete", "persistentvolumes"],
  ["dev", "may not", "create update patch delete", "customresourcedefinitions.apiextensions.k8s.io"],
  ["dev", "may not", "create update patch delete", "priorityclasses.scheduling.k8s.io"],
  ["dev", "may not", "create", "certificatesigningrequests.certificates.k8s.io"],
  ["dev", "may not", "create", "validatingwebhookconfigurations.admissionregistration.k8s.io"],
  ["dev", "may not", "get create", "nodes/proxy"],
  ["dev", "may not", "create update patch delete", "gateways.gateway.networking.k8s.io", "gateway"],

  // They look at the rest, but touch nothing there and read nobody's logs.
  ["dev", "may", "get list", "nodes"],
  ["dev", "may", "get list", "namespaces"],
  ["dev", "may", "get list", "customresourcedefinitions.apiextensions.k8s.io"],
  ["dev", "may", "list", "pods"],
  ["dev", "may", "get list", "pods", "internal-tools"],
  ["dev", "may", "get list", "deployments.apps", "internal-tools"],
  ["dev", "may", "get list", "configmaps", "internal-tools"],
  ["dev", "may", "get list", "resourcequotas", "dev-apps"],
  ["dev", "may", "get list", "networkpolicies.networking.k8s.io", "dev-apps"],
  ["dev", "may", "get list", "rolebindings.rbac.authorization.k8s.io", "dev-apps"],
  ["dev", "may", "get list", "gateways.gateway.networking.k8s.io", "gateway"],
  ["dev", "may not", "create update patch delete", "deployments.apps", "internal-tools"],
  ["dev", "may not", "create update patch delete", "pods", "kube-system"],
  ["dev", "may not", "create update patch delete", "configmaps", "internal-tools"],
  ["dev", "may not", "create update patch delete", "httproutes.gateway.networking.k8s.io", "internal-tools"],
  ["dev", "may not", "get", "pods/log", "internal-tools"],
  ["dev", "may not", "get create", "pods/exec", "internal-tools"],
  ["dev", "may not", "get create", "pods/portforward", "internal-tools"],
  ["dev", "may not", "create", "pods/eviction", "internal-tools"],

  // The platform team does everything, everywhere.
  ["it", "may", "get list create update patch delete deletecollection", "secrets", "dev-apps"],
  ["it", "may", "create update patch delete", "deployments.apps", "internal-tools"],
  ["it", "may", "create update patch delete", "resourcequotas", "dev-apps"],
  ["it", "may", "create update patch delete", "rolebindings.rbac.authorization.k8s.io", "dev-apps"],
  ["it", "may", "create update patch delete", "clusterrolebindings.rbac.authorization.k8s.io"],
  ["it", "may", "create update patch delete", "customresourcedefinitions.apiextensions.k8s.io"],
  ["it", "may", "create update patch delete", "namespaces"],
  ["it", "may", "create update patch delete", "nodes"],
  ["it", "may", "get create", "pods/exec", "dev-apps"],

  // Whoever is in no team sees nothing.
  ["stranger", "may not", "get list", "pods", "dev-apps"],
  ["stranger", "may not", "get list", "pods"],
  ["stranger", "may not", "get list", "nodes"],
  ["stranger", "may not", "get list", "namespaces"],
  ["stranger", "may not", "get list create", "configmaps", "internal-tools"],
];

const allowed = { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } };

/** A pod that the strictest pod security level takes, with something changed. */
function pod(name: string, change: object = {}, container: object = {}): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "dev-apps" },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "main", image: "registry.example.internal/shop:1", ...allowed, ...container }],
      ...change,
    },
  };
}

function asking(cpu: string): object {
  return { resources: { requests: { cpu }, limits: { cpu } } };
}

function object(apiVersion: string, kind: string, name: string, fields: object, namespace?: string): KubernetesObject {
  return { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) }, ...fields };
}

const rbac = "rbac.authorization.k8s.io";
const dora = { kind: "User", name: "dora", apiGroup: rbac };
const administrator = { roleRef: { kind: "ClusterRole", name: "cluster-admin", apiGroup: rbac }, subjects: [dora] };

/** What a developer might try to get more than is theirs, and what refuses it. */
const escalations: readonly (readonly [title: string, refusedBy: RegExp, object: KubernetesObject])[] = [
  [
    "bind the role of an administrator in their own namespace",
    /cannot create resource "rolebindings"/,
    object(`${rbac}/v1`, "RoleBinding", "mine", administrator, "dev-apps"),
  ],
  [
    "bind the role of an administrator everywhere",
    /cannot create resource "clusterrolebindings"/,
    object(`${rbac}/v1`, "ClusterRoleBinding", "mine", administrator),
  ],
  [
    "run a privileged container",
    /violates PodSecurity "restricted/,
    pod("privileged", {}, { securityContext: { privileged: true } }),
  ],
  ["run as root", /violates PodSecurity "restricted/, pod("root", { securityContext: { runAsUser: 0 } })],
  [
    "read the node's files",
    /violates PodSecurity "restricted.*hostPath/,
    pod("host-path", { volumes: [{ name: "host", hostPath: { path: "/" } }] }),
  ],
  [
    "use the node's network",
    /violates PodSecurity "restricted.*host namespaces/,
    pod("host-network", { hostNetwork: true }),
  ],
  [
    "push out what the platform rests on",
    /exceeded quota: priorities/,
    pod("first", { priorityClassName: "platform" }),
  ],
  [
    "push out what the cluster itself rests on",
    /exceeded quota: priorities/,
    pod("critical", { priorityClassName: "system-cluster-critical" }),
  ],
  [
    "give one container more than their namespace has",
    /maximum cpu usage per Container is 8/,
    pod("large", {}, asking("8500m")),
  ],
  [
    "take more than their namespace's share",
    /exceeded quota: namespace/,
    pod("many", {
      containers: ["one", "two"].map((name) => ({
        name,
        image: "registry.example.internal/shop:1",
        ...allowed,
        ...asking("5"),
      })),
    }),
  ],
  [
    "open a port of every node",
    /exceeded quota: namespace/,
    object("v1", "Service", "open", { spec: { type: "NodePort", ports: [{ port: 80 }] } }, "dev-apps"),
  ],
  [
    "have a load balancer of their own",
    /exceeded quota: namespace/,
    object("v1", "Service", "balanced", { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } }, "dev-apps"),
  ],
  [
    "run something in another team's namespace",
    /cannot create resource "pods"/,
    { ...pod("guest"), metadata: { name: "guest", namespace: "internal-tools" } },
  ],
  [
    "run something beside the control plane",
    /cannot create resource "pods"/,
    { ...pod("system"), metadata: { name: "system", namespace: "kube-system" } },
  ],
];

tier("cluster", fakeNodeNeeds())("rights in the environment onprem", () => {
  let testbed: Testbed;
  let api: Api;

  beforeAll(async () => {
    testbed = await startOwnTestbed();
    const objects = objectsOf(outputOn(testbed), "onprem");
    const isFirst = ({ kind }: KubernetesObject) => kind === "CustomResourceDefinition" || kind === "Namespace";
    await apply(testbed, objects.filter(isFirst));
    await apply(
      testbed,
      objects.filter((one) => !isFirst(one) && one.metadata.labels?.["app.kubernetes.io/name"] === undefined),
    );
    await applyNodes(testbed, [{ name: "node", cpu: "16", memory: "32Gi" }]);
    const quotas = ["resourcequota/namespace", "resourcequota/priorities", "--namespace=dev-apps"];
    await testbed.kubectl("wait", "--for=jsonpath={.status.hard}", "--timeout=60s", ...quotas);
    api = Api.of(testbed.kubeconfig);
  });
  afterAll(async () => {
    api?.close();
    await testbed?.stop();
  });

  for (const [who, may, verbs, what, where] of rights) {
    it(`${who} ${may} ${verbs} ${what} ${where === undefined ? "in the whole cluster" : `in ${where}`}`, async () => {
      const asked = verbs.split(" ") as Verb[];
      const answers = await Promise.all(
        asked.map(async (verb) => [verb, (await mayDo(api.as(people[who]), verb, what, where)) ? "may" : "may not"]),
      );
      expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(asked.map((verb) => [verb, may])));
    });
  }

  describe("a developer", () => {
    let developer: Api;
    let kubectl: (...args: readonly string[]) => Promise<string>;
    beforeAll(() => {
      developer = api.as(people.dev);
      const KUBECONFIG = writeKubeconfigAs(join(testbed.folder, "dora"), testbed.kubeconfig, people.dev);
      kubectl = (...args) => testbed.run(["kubectl", "--namespace=dev-apps", ...args], { env: { KUBECONFIG } });
    });

    it("deploys an application, scales it and takes it away", async () => {
      const labels = { app: "shop" };
      const { spec } = pod("shop");
      const deployment = object(
        "apps/v1",
        "Deployment",
        "shop",
        { spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } },
        "dev-apps",
      );
      expect((await developer.create(deployment)).status).toBe(201);
      await kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
      await kubectl("scale", "deployment/shop", "--replicas=3");
      await kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
      const ready = await kubectl("get", "deployment", "shop", "--output=jsonpath={.status.readyReplicas}");
      await kubectl("delete", "deployment", "shop");
      expect(ready).toBe("3");
    });

    it("sets a secret that nobody of the team reads again", async () => {
      await kubectl("create", "secret", "generic", "database", "--from-literal=password=not-a-real-one");
      await expect(kubectl("get", "secret", "database")).rejects.toThrow('cannot get resource "secrets"');
      await expect(kubectl("describe", "secret", "database")).rejects.toThrow('cannot get resource "secrets"');
      const label = ["label", "secret", "database", "seen=true"];
      await expect(kubectl(...label)).rejects.toThrow('resource "secrets"');
      expect(await testbed.kubectl("get", "secret", "database", "-n", "dev-apps", "-o", "name")).toBe(
        "secret/database\n",
      );
    });

    it.each(escalations)("does not %s", async (_, refusedBy, tried) => {
      const { status, body } = await developer.tryOut(tried);
      expect({ status, message: body.message }).toEqual({ status: 403, message: expect.stringMatching(refusedBy) });
    });

    it("does not loosen the pod security of a namespace", async () => {
      const loosen = ["label", "namespace", "dev-apps", "pod-security.kubernetes.io/enforce=privileged", "--overwrite"];
      await expect(kubectl(...loosen)).rejects.toThrow('cannot patch resource "namespaces"');
    });

    it("does not add a privileged container to a pod that runs", async () => {
      expect((await developer.create(pod("target"))).status).toBe(201);
      const debug = { name: "debug", image: "x", securityContext: { privileged: true } };
      const { status, body } = await developer.call(
        "PATCH",
        "/api/v1/namespaces/dev-apps/pods/target/ephemeralcontainers",
        { spec: { ephemeralContainers: [debug] } },
        "application/strategic-merge-patch+json",
      );
      await developer.call("DELETE", "/api/v1/namespaces/dev-apps/pods/target");
      expect({ status, message: body.message }).toEqual({
        status: 403,
        message: expect.stringMatching(/violates PodSecurity "restricted/),
      });
    });

    it("does not act as somebody else", async () => {
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
      const spec = { resourceAttributes: { verb: "impersonate", resource: "users", name: "ida" } };
      const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
      const answers = [developer, api.as(people.it)].map((one) => one.call("POST", path, { ...review, spec }));
      const [dev, it] = await Promise.all(answers);
      expect([dev?.body.status.allowed, it?.body.status.allowed]).toEqual([false, true]);
    });

    it("has no more rights by way of a pod: its service account has none", async () => {
      const groups = ["system:serviceaccounts", "system:serviceaccounts:dev-apps"];
      const inPod = api.as({ user: "system:serviceaccount:dev-apps:default", groups });
      const asked = ["secrets", "pods", "configmaps"].map((what) => mayDo(inPod, "list", what, "dev-apps"));
      expect(await Promise.all(asked)).toEqual([false, false, false]);
    });
  });

  it("lets the platform team do what is refused to developers for want of a right", async () => {
    const forWantOfRight = escalations.filter(([, refusedBy]) => refusedBy.source.includes("cannot create"));
    const answers = await Promise.all(forWantOfRight.map(([, , tried]) => api.as(people.it).tryOut(tried)));
    expect(answers.filter(lacksRight)).toEqual([]);
  });
});
