import { changed, type Draft, refusals } from "../support/environments";
import { secondPair } from "../support/invalid-balancing";

const images = { "start-page": "0", callhome: "0" };
const http = { mode: "http", certificate: { chain: "front-tls", key: "front-tls" } };

/** Beside the example's load balancer, which speaks the PROXY protocol, another one that does not. */
function withSecond(ingress: object) {
  return refusals(
    changed("onprem", (draft: Draft) => {
      secondPair(draft, { address: "10.10.1.62", routerId: 52 });
      draft.services.second.ingress = { ...http, ...ingress };
    }),
    images,
  );
}

describe("two load balancers of different modes", () => {
  test("may come to the same nodes on other ports", () => {
    expect(withSecond({ ports: { https: 8443 } })).toEqual([]);
  });

  test("may come to other nodes on the same port, of a machine that lets them in", () => {
    expect(withSecond({ nodes: ["gitlab"] })).toEqual([]);
  });
});

test("the API server may be closed to nodes at one load balancer where another lets them all in", () => {
  const second = changed("onprem", (draft: Draft) => {
    secondPair(draft, { address: "10.10.1.62", routerId: 52 });
    draft.services.second.apiOpenTo = ["10.10.3.0/24"];
  });
  expect(refusals(second, images)).toEqual([]);
});

describe("a deny rule", () => {
  const refused = (matching: string) =>
    refusals(
      changed("onprem", ({ services }) => {
        services.front.ingress = { ...http, deny: { rule: { in: "url", matching } } };
      }),
      images,
    );

  test.each(["\\[]", "[[]", "[a[]", "[^[]x", "[\\]]", "[a]b]", "\\\\[a]", "\\x24[{]", "[[^]", "[a\\]^[]"])(
    "may have brackets that are no empty class: %s",
    (matching) => {
      expect(refused(matching)).toEqual([]);
    },
  );
});
