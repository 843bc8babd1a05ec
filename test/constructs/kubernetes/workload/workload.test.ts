import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Draft } from "../../../support/environments";
import { objectsOf, only } from "../../../support/kubernetes";

/** Objects of the start page of `onprem`, with its entry in the spec changed. */
function workload(change: (app: Draft, draft: Draft) => void = () => {}) {
  return objectsOf("onprem", { release: "start-page", change: (draft) => change(draft.apps["start-page"], draft) });
}

const deployment = (objects = workload()) => only(objects, "Deployment", "start-page").spec;
const pod = (objects = workload()) => deployment(objects).template.spec;
const container = (objects = workload()) => pod(objects).containers[0];

describe("a container", () => {
  test("runs as nobody, can gain nothing and write nowhere but /tmp", () => {
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
    expect(pod().securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod().volumes[0]).toEqual({ name: "tmp", emptyDir: { sizeLimit: "64Mi" } });
    expect(container().volumeMounts[0]).toEqual({ name: "tmp", mountPath: "/tmp" });
  });

  test("has no way to the API server", () => {
    const objects = workload();
    expect(only(objects, "ServiceAccount", "start-page").automountServiceAccountToken).toBe(false);
    expect(pod(objects).automountServiceAccountToken).toBe(false);
    expect(pod(objects).serviceAccountName).toBe("start-page");
  });

  test("has the requests and limits of the footprint", () => {
    expect(container().resources).toEqual({
      requests: { cpu: "50m", memory: "128Mi" },
      limits: { cpu: "200m", memory: "128Mi" },
    });
  });

  test("has limits of its own where they are stated", () => {
    const stated = workload((app) => {
      app.resources = { cpu: "100m", memory: "1Gi", cpuLimit: "1", memoryLimit: "2Gi" };
    });
    expect(container(stated).resources.limits).toEqual({ cpu: "1", memory: "2Gi" });
  });

  test("is asked for its health by name of its port", () => {
    const { startupProbe, readinessProbe, livenessProbe } = container(
      workload((app) => {
        app.health = "/alive";
      }),
    );
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
      expect(probe.httpGet).toEqual({ path: "/alive", port: "http" });
    }
  });

  test("is taken out of the Service long before it is restarted", () => {
    const { readinessProbe, livenessProbe } = container();
    const silence = (probe: Draft) => probe.periodSeconds * probe.failureThreshold;
    expect(silence(readinessProbe)).toBeLessThan(silence(livenessProbe) / 2);
  });

  test("gets settings as they are and secrets by reference", () => {
    const { env } = container(
      workload((app) => {
        app.env = { LOG_LEVEL: "info" };
        app.secrets = { DATABASE_PASSWORD: { secret: "database", key: "password" } };
      }),
    );
    expect(env).toEqual([
      { name: "LOG_LEVEL", value: "info" },
      { name: "DATABASE_PASSWORD", valueFrom: { secretKeyRef: { name: "database", key: "password" } } },
    ]);
  });
});

describe("an image", () => {
  test("of ours is pulled with the registry's secret, by the hash of its folder", () => {
    expect(container().image).toBe("harbor.corp.acme.example/platform/start-page:0123456789ab");
    expect(pod().imagePullSecrets).toEqual([{ name: "harbor-pull" }]);
  });

  test("of somebody else is pulled without it", () => {
    const foreign = workload((app) => {
      app.image = "ghcr.io/acme/wiki:1.4.2";
    });
    expect(pod(foreign).imagePullSecrets).toBeUndefined();
  });

  test.each([
    ["ghcr.io/acme/wiki:1.4.2", "1.4.2"],
    ["localhost:5000/wiki:v1_rc.1", "v1_rc.1"],
    [`ghcr.io/acme/wiki:1.4.2@sha256:${"0".repeat(64)}`, "1.4.2"],
    [`localhost:5000/wiki@sha256:${"0".repeat(64)}`, undefined],
    [`ghcr.io/acme/wiki:${"1".repeat(64)}`, undefined],
    ["ghcr.io/acme/wiki:1.0-", undefined],
  ])("%s has version label %s", (image, version) => {
    const objects = workload((app) => {
      app.image = image;
    });
    const { metadata, spec } = only(objects, "Deployment", "start-page");
    expect(metadata.labels["app.kubernetes.io/version"]).toBe(version);
    expect(spec.template.metadata.labels["app.kubernetes.io/version"]).toBe(version);
  });
});

describe("a rolling update", () => {
  test("never has fewer replicas than wanted", () => {
    expect(deployment().strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
  });

  test("lets an old pod serve until every proxy knows, and then finish", () => {
    const { lifecycle } = container();
    expect(lifecycle).toEqual({ preStop: { sleep: { seconds: 10 } } });
    expect(pod().terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10 + 30);
  });

  test("is not stopped by a new version: no selector mentions it", () => {
    const objects = workload();
    const stable = { "app.kubernetes.io/name": "start-page", "app.kubernetes.io/instance": "start-page" };
    expect(deployment(objects).selector.matchLabels).toEqual(stable);
    expect(only(objects, "Service").spec.selector).toEqual(stable);
    expect(only(objects, "PodDisruptionBudget").spec.selector.matchLabels).toEqual(stable);
    expect(only(objects, "NetworkPolicy").spec.podSelector.matchLabels).toEqual(stable);
  });

  test("happens when a mounted file changes, and only then", () => {
    const checksum = (objects: ReturnType<typeof workload>) =>
      deployment(objects).template.metadata.annotations["bastide.dev/files"];
    const before = checksum(workload());
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    expect(checksum(workload((app) => (app.replicas = 3)))).toBe(before);
    expect(checksum(workload((_, draft) => (draft.organisation = "Other")))).not.toBe(before);
  });
});

describe("replicas", () => {
  test("spread over hosts, per revision", () => {
    expect(pod().topologySpreadConstraints).toEqual([
      expect.objectContaining({
        topologyKey: "kubernetes.io/hostname",
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        matchLabelKeys: ["pod-template-hash"],
      }),
    ]);
  });

  test("spread over zones first in the cloud", () => {
    const { template } = only(objectsOf("aws"), "Deployment", "start-page").spec;
    expect(template.spec.topologySpreadConstraints.map(({ topologyKey }: Draft) => topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
  });

  test("more than one may lose one at a time, even broken ones", () => {
    expect(only(workload(), "PodDisruptionBudget").spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  test("a single one has no budget, which would block every drain, and nothing to spread", () => {
    const single = workload((app) => (app.replicas = 1));
    expect(single.filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
    expect(pod(single).topologySpreadConstraints).toBeUndefined();
  });
});

describe("placement", () => {
  test("in a pool selects its nodes and tolerates its taints", () => {
    const objects = objectsOf("aws", {
      release: "start-page",
      change: (draft) => {
        draft.cluster.pools.builds.taints = ["dedicated=builds:NoSchedule", "spot:PreferNoSchedule"];
        draft.cluster.pools.builds.least = 2;
        draft.apps["start-page"].pool = "builds";
      },
    });
    expect(pod(objects).nodeSelector).toEqual({ "bastide.dev/pool": "builds" });
    expect(pod(objects).tolerations).toEqual([
      { key: "dedicated", operator: "Equal", value: "builds", effect: "NoSchedule" },
      { key: "spot", operator: "Exists", effect: "PreferNoSchedule" },
    ]);
  });

  test("without a pool is left to the scheduler", () => {
    expect(pod().nodeSelector).toBeUndefined();
    expect(pod().tolerations).toBeUndefined();
  });
});

describe("the way in", () => {
  test("is the Service, on port 80", () => {
    expect(only(workload(), "Service").spec).toMatchObject({
      type: "ClusterIP",
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    });
  });

  test("is a route to the host name", () => {
    const { hostnames, rules } = only(workload(), "HTTPRoute").spec;
    expect(hostnames).toEqual(["start.corp.acme.example"]);
    expect(rules.at(-1)).toEqual({ backendRefs: [{ name: "start-page", port: 80 }] });
  });

  test("does not lead to the metrics", () => {
    const { rules } = only(workload(), "HTTPRoute").spec;
    expect(rules[0].matches).toEqual([{ path: { type: "PathPrefix", value: "/metrics" } }]);
    expect(rules[0].backendRefs).toBeUndefined();
    expect(rules[0].filters[0].requestRedirect.path).toEqual({ type: "ReplaceFullPath", replaceFullPath: "/" });
  });

  test("is missing where there is no host name", () => {
    const hidden = workload((app) => delete app.host);
    expect(hidden.filter(({ kind }) => kind === "HTTPRoute")).toEqual([]);
  });
});

describe("monitoring", () => {
  test("scrapes the metrics where they are", () => {
    expect(
      only(
        workload((app) => (app.metrics = "/stats")),
        "ServiceMonitor",
      ).spec.endpoints,
    ).toEqual([{ port: "http", path: "/stats", interval: "30s", scrapeTimeout: "10s" }]);
  });

  test("scrapes nothing where there are none", () => {
    const silent = workload((app) => delete app.metrics);
    expect(silent.filter(({ kind }) => kind === "ServiceMonitor")).toEqual([]);
  });

  const rulesOf = (objects = workload()): Draft[] => only(objects, "PrometheusRule").spec.groups[0].rules;

  test("alerts when nobody answers, when replicas are missing, and when they crash", () => {
    expect(rulesOf().map(({ alert, for: span, labels }) => [alert, span, labels.severity])).toEqual([
      ["AppUnavailable", "2m", "critical"],
      ["AppDegraded", "15m", "warning"],
      ["AppCrashLooping", "15m", "warning"],
    ]);
  });

  test("alerts the team of the namespace, in words", () => {
    for (const { labels, annotations } of rulesOf()) {
      expect(labels).toMatchObject({ team: "it", app: "start-page" });
      expect(annotations.summary).toMatch(/^Start page /);
      expect(annotations.description).toContain("internal-tools");
    }
  });

  test("points to a runbook that exists and names the alert", () => {
    for (const { alert, annotations } of rulesOf()) {
      const file = join(__dirname, "../../../../docs", annotations.runbook_url);
      expect([file, existsSync(file)]).toEqual([file, true]);
      expect(readFileSync(file, "utf8")).toContain(`# ${alert}`);
    }
  });

  test("does not take a title for a template", () => {
    const objects = workload((app) => (app.title = "Wiki {{ .Evil }}"));
    expect(rulesOf(objects)[0].annotations.summary).toBe('Wiki {{ "{{" }} .Evil }} answers nobody');
  });
});

describe("labels", () => {
  test("say what every object is and whose", () => {
    for (const { metadata } of workload()) {
      expect(metadata.labels).toMatchObject({
        "app.kubernetes.io/name": "start-page",
        "app.kubernetes.io/instance": "start-page",
        "app.kubernetes.io/part-of": "bastide",
        "app.kubernetes.io/managed-by": "Helm",
        "bastide.dev/team": "it",
      });
    }
  });
});
