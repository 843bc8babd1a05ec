import { objectsOf, only } from "../support/kubernetes";

describe("the shared gateway with a certificate", () => {
  const objects = objectsOf("onprem", { release: "gateway" });
  const { spec } = only(objects, "Gateway", "shared", "gateway");

  test("is of the class that the cluster serves", () => {
    expect(spec.gatewayClassName).toBe("traefik");
  });

  test("serves every host of the domain over HTTPS, with that certificate", () => {
    expect(spec.listeners[1]).toMatchObject({
      name: "https",
      port: 443,
      protocol: "HTTPS",
      hostname: "*.corp.acme.example",
      tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: "wildcard-corp-acme-example" }] },
    });
  });

  test("takes routes over HTTPS only from namespaces that Bastide marked", () => {
    expect(spec.listeners[1].allowedRoutes.namespaces).toEqual({
      from: "Selector",
      selector: { matchLabels: { "bastide.dev/routes": "shared" } },
    });
  });

  test("lets no application answer over plain HTTP", () => {
    expect(spec.listeners[0]).toMatchObject({
      name: "http",
      port: 80,
      allowedRoutes: { namespaces: { from: "Same" } },
    });
  });

  test("sends plain HTTP to HTTPS for good", () => {
    const { parentRefs, rules } = only(objects, "HTTPRoute", "redirect-to-https", "gateway").spec;
    expect(parentRefs).toEqual([{ name: "shared", sectionName: "http" }]);
    expect(rules).toEqual([
      { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] },
    ]);
  });

  test("has applications on its HTTPS listener", () => {
    const { parentRefs } = only(objectsOf("onprem"), "HTTPRoute", "start-page").spec;
    expect(parentRefs).toEqual([{ name: "shared", namespace: "gateway", sectionName: "https" }]);
  });
});

describe("the shared gateway without a certificate", () => {
  const objects = objectsOf("local");
  const { spec } = only(objects, "Gateway", "shared", "gateway");

  test("serves applications over plain HTTP, and redirects nobody", () => {
    expect(spec.listeners.map(({ name }: { name: string }) => name)).toEqual(["http"]);
    expect(spec.listeners[0].allowedRoutes.namespaces.from).toBe("Selector");
    expect(objects.filter(({ metadata }) => metadata.name === "redirect-to-https")).toEqual([]);
    expect(only(objects, "HTTPRoute", "start-page").spec.parentRefs[0].sectionName).toBe("http");
  });
});
