import { join } from "node:path";
import { App } from "cdk8s";
import { addRouteHosts } from "../../constructs/kubernetes/access/route-hosts";
import { ReleaseChart } from "../../constructs/kubernetes/own-release";
import type { KubernetesObject } from "../../platform/shared/release";
import { only } from "../support/kubernetes";
import { tier } from "../support/require";
import { applyNodes, type Testbed, writeKubeconfigAs } from "../testbed";
import { Api } from "./support/api";
import { lacksRight, mayDo, type Verb } from "./support/attempt";
import { eventually } from "./support/eventually";
import { fakeNodeNeeds } from "./support/needs";
import { apply, objectsOf, outputOn } from "./support/output";
import { startOwnTestbed } from "./support/own-testbed";
import { people, rights } from "./support/rights-table";
import { refusedHosts, routeOf } from "./support/route-attempts";

/** The policy as it is once namespaces have applications with these hosts. */
function routeHosts(owners: Readonly<Record<string, readonly string[]>>): KubernetesObject {
  const chart = new ReleaseChart(new App(), "hosts");
  addRouteHosts(chart, new Map(Object.entries(owners)));
  return only(chart.toJson(), "ValidatingAdmissionPolicy") as KubernetesObject;
}

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
    "draw the cluster's traffic to an address",
    /'bastide-plain-services' denied request: spec.externalIPs would draw the whole cluster's traffic to these addresses/,
    object("v1", "Service", "taking", { spec: { ports: [{ port: 53 }], externalIPs: ["10.43.0.10"] } }, "dev-apps"),
  ],
  [
    "lead the gateway to any name",
    /'bastide-plain-services' denied request: spec.type ExternalName would lead whoever calls this Service/,
    object(
      "v1",
      "Service",
      "elsewhere",
      { spec: { type: "ExternalName", externalName: "callhome.internal-tools.svc.cluster.local" } },
      "dev-apps",
    ),
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
    await testbed.kubectl("wait", "--for=jsonpath={.status.hard}", "--timeout=300s", ...quotas);
    api = Api.of(testbed.kubeconfig);
    await untilKnown();
  });
  afterAll(async () => {
    api?.close();
    await testbed?.stop();
  });

  /**
   * The API server judges by what it has been told of, a moment after it was stored: rights, quotas and policies. Once all of them count,
   * each is tried in a test of its own.
   */
  const untilKnown = () =>
    eventually(async () => {
      for (const [who, may, verbs, what, where] of rights) {
        const [verb] = verbs.split(" ") as [Verb];
        if (may === "may") expect(await mayDo(api.as(people[who]), verb, what, where)).toBe(true);
      }
      const refused = await Promise.all(
        escalations.map(async ([, refusedBy, tried]) => {
          const { body } = await api.as(people.dev).tryOut(tried);
          return refusedBy.test(body.message);
        }),
      );
      expect(refused).toEqual(escalations.map(() => true));
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
      await kubectl("rollout", "status", "deployment/shop", "--timeout=300s");
      await kubectl("scale", "deployment/shop", "--replicas=3");
      await kubectl("rollout", "status", "deployment/shop", "--timeout=300s");
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

    it("does not make out of a plain Service what draws traffic that is not theirs", async () => {
      const path = "/api/v1/namespaces/dev-apps/services/plain";
      const plain = object("v1", "Service", "plain", { spec: { ports: [{ port: 80 }] } }, "dev-apps");
      expect((await developer.create(plain)).status).toBe(201);
      const patch = (changes: object) => developer.call("PATCH", path, changes, "application/merge-patch+json");
      const changes = [
        { spec: { externalIPs: ["10.43.0.10"] } },
        { spec: { type: "ExternalName", externalName: "kubernetes.default" } },
      ];
      for (const change of changes) {
        const { status, body } = await patch(change);
        expect({ status, message: body.message }).toEqual({
          status: 403,
          message: expect.stringContaining("bastide-plain-services"),
        });
      }
      const ingress = { status: { loadBalancer: { ingress: [{ ip: "10.43.0.10" }] } } };
      const answer = await developer.call("PATCH", `${path}/status`, ingress, "application/merge-patch+json");
      expect(answer.body.message).toContain('cannot patch resource "services/status"');
      expect((await patch({ metadata: { labels: { seen: "true" } } })).status).toBe(200);
      expect((await developer.call("DELETE", path)).status).toBe(200);
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

  describe("a route of a developer", () => {
    const refusal = (policy: string, reason: string) => ({
      status: 403,
      message: expect.stringContaining(
        `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${reason}`,
      ),
    });
    const hosts = (reason: string) => refusal("bastide-route-hosts", reason);
    const route = "/apis/gateway.networking.k8s.io/v1/namespaces/dev-apps/httproutes/shop";
    const own = ["basket.corp.acme.example", "shop.corp.acme.example"];
    let developer: Api;

    beforeAll(async () => {
      developer = api.as(people.dev);
      const none =
        "host shop.corp.acme.example belongs to no namespace: routes in namespace dev-apps may have no host yet";
      await eventually(async () => {
        const { status, body } = await developer.tryOut(routeOf(["shop.corp.acme.example"]));
        expect({ status, message: body.message }).toEqual(hosts(none));
      });
      await deploy(own);
    });

    /** As the next deployment would; the API server looks for changed policies once a second. */
    const deploy = async (hosts: readonly string[]) => {
      await apply(testbed, [routeHosts({ "internal-tools": ["start.corp.acme.example"], "dev-apps": hosts })]);
      // The most that a route may have.
      const last = hosts.slice(-16);
      await eventually(async () => expect((await developer.tryOut(routeOf(last))).status).toBe(201));
    };

    it("has the hosts of its namespace once its applications have them", async () => {
      for (const kind of ["HTTPRoute", "GRPCRoute"]) {
        expect((await developer.tryOut(routeOf(own, kind))).status).toBe(201);
      }
    });

    it.each(refusedHosts)("does not have %s", async (_, asked, reason) => {
      const answers = await Promise.all(
        ["HTTPRoute", "GRPCRoute"].map((kind) => developer.tryOut(routeOf(asked, kind))),
      );
      const said = answers.map(({ status, body }) => ({ status, message: body.message }));
      expect(said).toEqual([hosts(reason), hosts(reason)]);
    });

    it("does not get by a change what it may not have from the beginning", async () => {
      expect((await developer.create(routeOf(own))).status).toBe(201);
      for (const [, hostnames, reason] of refusedHosts) {
        const patch = { spec: { hostnames: hostnames ?? null } };
        const { status, body } = await developer.call("PATCH", route, patch, "application/merge-patch+json");
        expect({ status, message: body.message }).toEqual(hosts(reason));
      }
      const patch = { spec: { hostnames: ["basket.corp.acme.example"] } };
      expect((await developer.call("PATCH", route, patch, "application/merge-patch+json")).status).toBe(200);
      expect((await developer.call("DELETE", route)).status).toBe(200);
    });

    it("goes although it would be refused now, once its controller lets it, and does not change before it does", async () => {
      const before = routeOf(["start.corp.acme.example"]);
      const held = { ...before, metadata: { ...before.metadata, finalizers: ["example.dev/route"] } };
      expect((await api.as(people.it).create(held)).status).toBe(201);
      const patch = (changes: object) => developer.call("PATCH", route, changes, "application/merge-patch+json");
      const letGo = { metadata: { finalizers: null } };
      expect((await patch(letGo)).status).toBe(403);
      expect((await developer.call("DELETE", route)).status).toBe(200);
      expect((await patch({ ...letGo, spec: { rules: null } })).status).toBe(403);
      expect((await patch(letGo)).status).toBe(200);
      expect((await developer.call("GET", route)).status).toBe(404);
    });

    it("does not get it in an older version of its kind", async () => {
      const older = { ...routeOf(["start.corp.acme.example"]), apiVersion: "gateway.networking.k8s.io/v1beta1" };
      expect((await developer.tryOut(older)).status).toBe(403);
    });

    it("is judged with hundreds of applications, too", async () => {
      await deploy(
        Array.from({ length: 400 }, (_, index) => `application-with-a-long-name-${index}.corp.acme.example`),
      );
      const foreign = Array.from({ length: 16 }, (_, index) => `foreign-${index}.corp.acme.example`);
      const { status, body } = await developer.tryOut(routeOf(foreign));
      // The list is too long to be told.
      const short = "spec.hostnames names a host of another namespace, or of none: use those of your own applications";
      expect({ status, message: body.message }).toEqual(hosts(short));
    });

    it("is judged again once the policy was removed and made anew", async () => {
      const policies = ["validatingadmissionpolicy", "validatingadmissionpolicybinding"].map(
        (kind) => `${kind}/bastide-route-hosts`,
      );
      const objects = objectsOf(outputOn(testbed), "onprem").filter(
        ({ metadata }) => metadata.name === "bastide-route-hosts",
      );
      await testbed.kubectl("delete", ...policies);
      await eventually(async () => expect((await developer.tryOut(routeOf(undefined))).status).toBe(201));
      await apply(testbed, objects);
      await eventually(async () => expect((await developer.tryOut(routeOf(undefined))).status).toBe(403));
      await deploy(own);
    });

    it("has no host where no application of the environment has one", async () => {
      await apply(testbed, [routeHosts({})]);
      const none =
        "host basket.corp.acme.example belongs to no namespace: routes in namespace dev-apps may have no host yet";
      await eventually(async () => {
        const { status, body } = await developer.tryOut(routeOf(["basket.corp.acme.example"]));
        expect({ status, message: body.message }).toEqual(hosts(none));
      });
      await deploy(own);
    });

    it("is what the platform team says", async () => {
      const answers = await Promise.all(refusedHosts.map(([, asked]) => api.as(people.it).tryOut(routeOf(asked))));
      expect(answers.map(({ status }) => status)).toEqual(refusedHosts.map(() => 201));
    });
  });

  it("lets the platform team do what is refused to developers for want of a right", async () => {
    const forWantOfRight = escalations.filter(([, refusedBy]) => refusedBy.source.includes("cannot create"));
    const answers = await Promise.all(forWantOfRight.map(([, , tried]) => api.as(people.it).tryOut(tried)));
    expect(answers.filter(lacksRight)).toEqual([]);
  });

  it("lets the platform team write the Services that are refused to developers", async () => {
    const byPolicy = escalations.filter(([, refusedBy]) => refusedBy.source.includes("bastide-plain-services"));
    const answers = await Promise.all(byPolicy.map(([, , tried]) => api.as(people.it).tryOut(tried)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });
});
