import { platformOf } from "../support/kubernetes";

describe("a registry", () => {
  test("that is a Harbor of this environment has its host, and its robot's name and password", () => {
    expect(platformOf("onprem").registry).toMatchObject({
      host: "harbor.corp.acme.example",
      project: "platform",
      pullSecret: "harbor-pull",
      pull: { user: "robot$platform+nodes", password: { secret: "harbor-pull", key: "token" } },
    });
  });

  test("is needed by no machine: an estate without a cluster names none", () => {
    const { machines } = platformOf("onprem", (draft) => {
      for (const part of ["cluster", "registry", "apps", "callhome", "databases", "storage"]) delete draft[part];
      draft.access.namespaces = {};
      for (const name of Object.keys(draft.machines))
        if (!["gitlab", "nfs-1"].includes(name)) delete draft.machines[name];
      draft.services = { files: draft.services.files };
    });
    expect(machines.all.map(({ name }) => name)).toEqual(["nfs-1", "gitlab"]);
  });

  test("fails to be left out where there is a cluster", () => {
    expect(() => platformOf("onprem", (draft) => delete draft.registry)).toThrow(
      "onprem.registry is missing: the cluster pulls the company's own images from it: name its project, and in service a Harbor of this environment or in host another registry",
    );
  });

  test("needs no pull secret where its project is public", () => {
    const { registry, secrets } = platformOf("onprem", (draft) => {
      draft.services.images.projects.platform.public = true;
      delete draft.services.images.robots.nodes;
    });
    expect(registry.pullSecret).toBeUndefined();
    expect(secrets.filter(({ type }) => type === "kubernetes.io/dockerconfigjson")).toEqual([]);
  });

  test("tells nodes of the registries that it stands in front of, by the names that images have", () => {
    const { mirrors } = platformOf("onprem", (draft) => {
      const quay = { registry: "quay", endpoint: "https://quay.io" };
      Object.assign(draft.services.images.projects, { quay: { public: true, caches: quay }, closed: { caches: quay } });
    }).registry;
    const endpoint = "https://harbor.corp.acme.example";
    expect(mirrors).toEqual([
      { registry: "docker.io", endpoint, prefix: "docker-hub" },
      { registry: "quay.io", endpoint, prefix: "quay" },
    ]);
  });

  test("that is another one has no mirrors, and a pull secret only if the data names one", () => {
    expect(platformOf("local").registry).toMatchObject({ host: "localhost:5000", mirrors: [] });
    expect(platformOf("local").registry.pullSecret).toBeUndefined();
  });
});
