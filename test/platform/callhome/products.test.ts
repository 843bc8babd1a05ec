import { productsSchema } from "../../../apps/callhome/src/config/products";
import { openPathOf } from "../../../platform/callhome/legacy-paths";
import { productsSpec } from "../../../platform/callhome/products";
import { examples } from "../../support/environments";

/** One of everything that a product can have. */
const complete = [
  {
    name: "pdf-light",
    latest: "5.0.2",
    alerts: [
      { id: "2026-07", level: "critical", message: "Please update.", url: "https://acme.example/x", below: "4.8" },
    ],
    nextCallIn: 3600,
    contractual: true,
    optional: false,
    legacy: {
      paths: ["/callhome.php", "/ping/:version/:instance"],
      aliases: { version: ["v"], licence: ["key", "serial"] },
      when: { app: "pdf" },
      body: "OK",
      contentType: "text/plain",
    },
  },
];

describe("the products of an environment", () => {
  test("are understood by the service, every setting of them", () => {
    const { data: model } = productsSpec.safeParse(complete);
    expect(model).toEqual(complete);
    expect(productsSchema.safeParse({ products: model }).error?.issues).toBeUndefined();
  });

  test.each(Object.values(examples))("of the example $name are understood by the service", ({ callhome }) => {
    const products = productsSpec.parse(callhome?.products);
    expect(productsSchema.safeParse({ products }).success).toBe(true);
  });

  test.each<[string, object]>([
    ["a name with spaces", { name: "pdf light" }],
    ["a name that is too long", { name: "x".repeat(41) }],
    [
      "an alert without https",
      { name: "a", alerts: [{ id: "1", level: "info", message: "m", url: "http://a.example" }] },
    ],
    ["an alert of no level", { name: "a", alerts: [{ id: "1", level: "loud", message: "m" }] }],
    ["a call every second", { name: "a", nextCallIn: 1 }],
    ["an old address of the service itself", { name: "a", legacy: { paths: ["/livez"] } }],
    ["an old address with a query", { name: "a", legacy: { paths: ["/x?y=1"] } }],
    ["an alias of no field", { name: "a", legacy: { paths: ["/x"], aliases: { address: ["ip"] } } }],
    ["an unknown setting", { name: "a", adress: true }],
  ])("fails for %s, as it does in the service", (_, product) => {
    expect(productsSpec.safeParse([product]).success).toBe(false);
    expect(productsSchema.safeParse({ products: [product] }).success).toBe(false);
  });
});

test.each([
  ["/callhome.php", { kind: "exact", path: "/callhome.php" }],
  ["/ping/:version/:instance", { kind: "prefix", path: "/ping" }],
  ["/a/b/:version/c", { kind: "prefix", path: "/a/b" }],
])("the old address %s is opened as far as it must be", (path, open) => {
  expect(openPathOf(path)).toEqual(open);
});
