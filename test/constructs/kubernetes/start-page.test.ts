import { html } from "../../../constructs/kubernetes/start-page/html";
import { pageOf } from "../../../constructs/kubernetes/start-page/page";
import { objectsOf, only, platformOf } from "../../support/kubernetes";

describe("the page", () => {
  const page = pageOf(platformOf("onprem"));

  test("links every application that has a host name", () => {
    expect(page).toContain('<a href="https://start.corp.acme.example/">Start page</a>');
  });

  test("links over plain HTTP where there is no certificate", () => {
    expect(pageOf(platformOf("local"))).toContain('<a href="http://start.local.test/">');
  });

  test("leaves out applications that nobody reaches", () => {
    const hidden = pageOf(platformOf("onprem", (draft) => delete draft.apps["start-page"].host));
    expect(hidden).not.toContain("start.corp.acme.example");
    expect(hidden).toContain("None has a host name.");
  });

  test("says what the cluster is and until when it is supported", () => {
    expect(page).toContain("onprem: RKE2, Kubernetes 1.35, 9 nodes.");
    expect(page).toContain('<time datetime="2027-02-28">');
    expect(pageOf(platformOf("aws"))).toContain("Elastic Kubernetes Service, Kubernetes 1.35");
    expect(pageOf(platformOf("aws"))).toContain('<time datetime="2027-03-27">');
  });

  test("lists the machines with role, address and note", () => {
    expect(page).toContain('<tr><th scope="row">pg-1</th><td>plain</td><td>10.10.2.11</td><td>PostgreSQL</td></tr>');
    expect(page.match(/<td>rke2-server<\/td>/g)).toHaveLength(3);
  });

  test("shows the public no addresses", () => {
    const open = pageOf(
      platformOf("onprem", (draft) => {
        draft.network.reach = "public";
      }),
    );
    expect(open).toContain("<td>pg-1.corp.acme.example</td>");
    expect(open).not.toMatch(/\b10\.10\.\d+\.\d+\b/);
  });

  test("lists the versions of what it is made of", () => {
    expect(page).toContain('<th scope="row">RKE2</th><td>v1.35.');
    expect(pageOf(platformOf("aws"))).toContain('<th scope="row">gateway-api (CRDs)</th><td>1.6.1</td>');
    // Brought by the cluster, in a version that it decides.
    expect(page).not.toContain("gateway-api");
  });

  test("escapes what users write, in texts and in attributes", () => {
    const evil = `</title><script>alert("1")</script>'&`;
    const hostile = pageOf(
      platformOf("onprem", (draft) => {
        draft.organisation = evil;
        draft.apps["start-page"].title = evil;
        draft.machines["pg-1"].note = evil;
      }),
    );
    expect(hostile).not.toContain("<script");
    expect(hostile.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&#39;&amp;/g)).toHaveLength(4);
  });

  test("loads nothing from elsewhere and runs nothing", () => {
    expect(page).not.toMatch(/<script|\son\w+=|style=|javascript:/i);
    const loaded = [...page.matchAll(/(?:src|<link[^>]* href)="([^"]*)"/g)].map(([, address]) => address);
    expect(loaded).toEqual(["style.css"]);
  });

  test("can be read by a screen reader: language, one heading, named sections, scopes", () => {
    expect(page).toContain('<html lang="en">');
    expect(page.match(/<h1>/g)).toHaveLength(1);
    for (const [, id] of page.matchAll(/<section aria-labelledby="([^"]+)"/g))
      expect(page).toContain(`<h2 id="${id}">`);
    expect(page.match(/<th /g)!.length).toBe(page.match(/<th scope="(row|col)"/g)!.length);
  });

  test("closes every element that it opens", () => {
    const open: string[] = [];
    for (const [, close, name] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (["meta", "link"].includes(name!)) continue;
      if (close) expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });

  test("depends on the environment alone", () => {
    expect(pageOf(platformOf("onprem"))).toBe(page);
  });
});

describe("the start page's files", () => {
  test("are mounted where its server looks", () => {
    const objects = objectsOf("onprem", { release: "start-page" });
    const { data, metadata } = only(objects, "ConfigMap");
    expect(Object.keys(data).sort()).toEqual(["index.html", "style.css"]);
    const { containers, volumes } = only(objects, "Deployment").spec.template.spec;
    expect(volumes).toContainEqual({ name: "files", configMap: { name: metadata.name } });
    expect(containers[0].volumeMounts).toContainEqual({ name: "files", mountPath: "/srv/page", readOnly: true });
  });

  test("are not mounted into anything else", () => {
    const objects = objectsOf("onprem", {
      release: "start-page",
      change: (draft) => {
        draft.apps["start-page"].image = "ghcr.io/acme/start-page:1.0.0";
      },
    });
    expect(objects.filter(({ kind }) => kind === "ConfigMap")).toEqual([]);
  });
});

describe("html", () => {
  test("joins lists and leaves out what is missing", () => {
    expect(html`<ul>${["a", "b"].map((one) => html`<li>${one}</li>`)}</ul>${undefined}${3}`.text).toBe(
      "<ul><li>a</li><li>b</li></ul>3",
    );
  });
});
