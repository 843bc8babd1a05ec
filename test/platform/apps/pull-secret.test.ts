import { Platform } from "../../../platform/platform";
import { changed } from "../../support/environments";

const app = { namespace: "dev-apps", port: 8080, resources: { cpu: "100m", memory: "128Mi" } };

/** The company's registry asks for the secret `harbor-pull`. */
function withImage(image: string) {
  const platform = Platform.of(changed("onprem", (draft) => (draft.apps.wiki = { ...app, image })));
  const wiki = platform.apps.all.find(({ name }) => name === "wiki");
  const needed = platform.secrets.filter(({ neededBy }) => neededBy.includes("apps.wiki"));
  return { pulledWith: wiki?.image.pullSecret, needed };
}

test("an image that is written out and comes from the company's registry is pulled with its secret", () => {
  const secret = { namespace: "dev-apps", secret: "harbor-pull", type: "kubernetes.io/dockerconfigjson" };
  expect(withImage("harbor.corp.acme.example/platform/wiki:1.4.2")).toEqual({
    pulledWith: "harbor-pull",
    needed: [{ ...secret, keys: [".dockerconfigjson"], neededBy: ["apps.wiki"] }],
  });
});

test.each(["ghcr.io/acme/wiki:1.4.2", "harbor.corp.acme.example.evil.example/wiki:1.4.2"])(
  "%s comes from elsewhere and is pulled without",
  (image) => expect(withImage(image)).toEqual({ pulledWith: undefined, needed: [] }),
);
