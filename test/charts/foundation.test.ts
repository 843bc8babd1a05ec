import { objectsOf, only } from "../support/kubernetes";

const RELEASE = { release: "foundation" };

describe("a namespace", () => {
  const objects = objectsOf("onprem", RELEASE);

  test("enforces, audits and warns by the pod security rules of the cluster's version", () => {
    const { labels } = only(objects, "Namespace", "dev-apps").metadata;
    const level = (mode: string) => [
      labels[`pod-security.kubernetes.io/${mode}`],
      labels[`pod-security.kubernetes.io/${mode}-version`],
    ];
    expect(["enforce", "audit", "warn"].map(level)).toEqual(Array(3).fill(["restricted", "v1.35"]));
  });

  test("that enforces less is still warned of", () => {
    const loose = objectsOf("onprem", {
      ...RELEASE,
      change: (draft) => {
        draft.access.namespaces["dev-apps"].podSecurity = "baseline";
      },
    });
    const { labels } = only(loose, "Namespace", "dev-apps").metadata;
    expect(labels["pod-security.kubernetes.io/enforce"]).toBe("baseline");
    expect(labels["pod-security.kubernetes.io/warn"]).toBe("restricted");
  });

  test("says whose it is", () => {
    expect(only(objects, "Namespace", "dev-apps").metadata.labels["bastide.dev/team"]).toBe("dev");
  });

  test("has the quota of the model, and no way past the gateway", () => {
    expect(only(objects, "ResourceQuota", "namespace", "dev-apps").spec.hard).toEqual({
      pods: "50",
      "requests.cpu": "8",
      "requests.memory": "16Gi",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  test("admits no pod with a priority above the applications'", () => {
    const { hard, scopeSelector } = only(objects, "ResourceQuota", "priorities", "dev-apps").spec;
    expect(hard).toEqual({ pods: "0" });
    expect(scopeSelector.matchExpressions).toEqual([
      {
        scopeName: "PriorityClass",
        operator: "In",
        values: ["system-cluster-critical", "system-node-critical", "platform"],
      },
    ]);
  });

  test("gives resources to a container that states none, and refuses one larger than the quota", () => {
    expect(only(objects, "LimitRange", "containers", "dev-apps").spec.limits).toEqual([
      {
        type: "Container",
        defaultRequest: { cpu: "50m", memory: "64Mi" },
        default: { cpu: "500m", memory: "256Mi" },
        max: { cpu: "8", memory: "16Gi" },
      },
    ]);
  });

  test("with a small quota has defaults that fit into it", () => {
    const small = objectsOf("onprem", {
      ...RELEASE,
      change: (draft) => {
        draft.access.namespaces["dev-apps"].quota = { cpu: "40m", memory: "32Mi" };
      },
    });
    const [limit] = only(small, "LimitRange", "containers", "dev-apps").spec.limits;
    expect([limit.defaultRequest, limit.default]).toEqual(Array(2).fill({ cpu: "40m", memory: "32Mi" }));
  });

  test("lets in an application whose limit is above the quota, which counts requests", () => {
    const bursting = objectsOf("onprem", {
      ...RELEASE,
      change: (draft) => {
        draft.apps["start-page"].resources = { cpu: "1", memory: "1Gi", cpuLimit: "6", memoryLimit: "10Gi" };
        delete draft.callhome;
      },
    });
    const [limit] = only(bursting, "LimitRange", "containers", "internal-tools").spec.limits;
    expect(limit.max).toEqual({ cpu: "6", memory: "10Gi" });
  });

  test("may use the shared gateway", () => {
    expect(only(objects, "Namespace", "dev-apps").metadata.labels["bastide.dev/routes"]).toBe("shared");
  });
});

describe("the gateway's namespace", () => {
  const objects = objectsOf("onprem", RELEASE);

  test("is protected like any other", () => {
    const { labels } = only(objects, "Namespace", "gateway").metadata;
    expect(labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
    expect(only(objects, "NetworkPolicy", "deny-all", "gateway").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress", "Ingress"],
    });
  });

  test("is not open to routes of applications", () => {
    expect(only(objects, "Namespace", "gateway").metadata.labels).not.toHaveProperty("bastide.dev/routes");
  });
});

describe("priority classes", () => {
  test("put the platform above applications, and background work below everything", () => {
    const classes = objectsOf("local", RELEASE).filter(({ kind }) => kind === "PriorityClass");
    const values = Object.fromEntries(classes.map(({ metadata, value }) => [metadata.name, value as number]));
    expect(Object.keys(values)).toEqual(["platform", "application", "background"]);
    expect(values.platform).toBeGreaterThan(values.application!);
    expect(values.application).toBeGreaterThan(0);
    expect(values.background).toBeLessThan(0);
  });

  test("stay below those of Kubernetes itself", () => {
    const LARGEST_FOR_USERS = 1_000_000_000;
    const classes = objectsOf("local", RELEASE).filter(({ kind }) => kind === "PriorityClass");
    expect(Math.max(...classes.map(({ value }) => value as number))).toBeLessThan(LARGEST_FOR_USERS);
  });
});
