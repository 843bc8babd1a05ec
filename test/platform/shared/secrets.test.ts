import { entriesOf, merged } from "../../../platform/shared/secrets";

const wiki = { namespace: "apps", neededBy: "apps.wiki" };
const blog = { namespace: "apps", neededBy: "apps.blog" };

describe("secrets that several need", () => {
  test("are one entry, with all keys and all who need it", () => {
    const secrets = [
      ...entriesOf([{ secret: "database", key: "password" }], wiki),
      ...entriesOf([{ secret: "database", key: "ca.crt" }], blog),
    ];
    expect(merged(secrets)).toEqual([
      {
        namespace: "apps",
        secret: "database",
        keys: ["ca.crt", "password"],
        type: "Opaque",
        neededBy: ["apps.blog", "apps.wiki"],
      },
    ]);
  });

  test("are two where they are in two namespaces", () => {
    const elsewhere = { ...blog, namespace: "tools" };
    const secrets = [wiki, elsewhere].flatMap((one) => entriesOf([{ secret: "database", key: "password" }], one));
    expect(merged(secrets).map(({ namespace }) => namespace)).toEqual(["apps", "tools"]);
  });

  test("keep the order of the keys that their type has", () => {
    const tls = {
      namespace: "gateway",
      secret: "wildcard",
      keys: ["tls.key", "tls.crt"],
      type: "kubernetes.io/tls" as const,
      neededBy: ["cluster.gateway"],
    };
    expect(merged([tls, tls])).toEqual([tls]);
  });
});
