import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../cli/root";
import { pictureOf } from "../../../cli/topology/command";
import { layoutOf, type Placed } from "../../../cli/topology/layout";
import { topologyOf } from "../../../cli/topology/of-platform";
import type { Box, Card } from "../../../cli/topology/topology";
import { examples } from "../../support/environments";
import { platformOf } from "../../support/kubernetes";

const names = Object.keys(examples) as (keyof typeof examples)[];
const cardsOf = (boxes: readonly Box[]): Card[] =>
  boxes.flatMap((box) => ("boxes" in box ? cardsOf(box.boxes) : [box]));

describe("the picture of an environment", () => {
  test.each(names)("in the documentation is that of %s: npm run topology draws it again", async (name) => {
    const committed = readFileSync(join(ROOT, "docs/topology", `${name}.svg`), "utf8");
    expect(await pictureOf(platformOf(name))).toBe(committed);
  });

  test.each(names)("shows every machine of %s once", (name) => {
    const platform = platformOf(name);
    const shown = cardsOf(topologyOf(platform).boxes).flatMap(({ rows }) => rows.map((row) => row.name));
    for (const machine of platform.machines.all) expect(shown.filter((one) => one === machine.name)).toHaveLength(1);
  });

  test("shows who connects to whom, with the ports that the model opens", () => {
    const { flows } = topologyOf(platformOf("onprem"));
    expect(flows.map(({ from, to, label }) => `${from} > ${to}: ${label}`)).toEqual([
      "people > service-front: 80, 443, 6443",
      "service-front > pool-servers: 6443, 9345",
      "service-front > workloads: 80, 443",
      "cluster > database-callhome: 5432",
      "cluster > service-files: 2049",
      "cluster > service-images: images 443",
      "service-images > service-store: 9000",
    ]);
  });

  test("has no line to what the environment does not have", () => {
    const { flows, boxes } = topologyOf(
      platformOf("onprem", (draft) => {
        delete draft.services.images;
        draft.registry = { host: "registry.example", project: "platform" };
        delete draft.machines.harbor;
        delete draft.storage.classes.nfs;
      }),
    );
    expect(flows.map(({ to }) => to)).not.toContain("service-files");
    expect(cardsOf(boxes).map(({ tone }) => tone)).not.toContain("registry");
  });

  test("leads to the cluster where nothing is in it yet, and to Harbor by its port", async () => {
    const platform = platformOf("onprem", (draft) => {
      draft.apps = {};
      delete draft.callhome;
      delete draft.storage;
      draft.services.images.url = "https://harbor.corp.acme.example:8443";
    });
    const { flows } = topologyOf(platform);
    expect(flows.map(({ from, to, label }) => `${from} > ${to}: ${label}`)).toEqual([
      "people > service-front: 80, 443, 6443",
      "service-front > pool-servers: 6443, 9345",
      "service-front > cluster: 80, 443",
      "cluster > database-callhome: 5432",
      "cluster > service-images: images 8443",
      "service-images > service-store: 9000",
    ]);
    await expect(pictureOf(platform)).resolves.toContain("</svg>");
  });

  test("is drawn where a bastion is shown as something else", async () => {
    const platform = platformOf("onprem", (draft) => (draft.machines["pg-1"].role = "bastion"));
    expect(topologyOf(platform).flows.map(({ from }) => from)).not.toContain("role-bastion");
    await expect(pictureOf(platform)).resolves.toContain("</svg>");
  });

  test.each(names)("has no two cards of %s over each other, and all within its edges", async (name) => {
    const topology = topologyOf(platformOf(name));
    const { boxes, width, height } = await layoutOf(topology);
    const placed = cardsOf(topology.boxes).map(({ id }) => boxes.get(id) as Placed);
    const overlap = (one: Placed, other: Placed) =>
      one.x < other.x + other.width &&
      other.x < one.x + one.width &&
      one.y < other.y + other.height &&
      other.y < one.y + one.height;
    const overlapping = placed.filter((one, index) => placed.slice(0, index).some((other) => overlap(one, other)));
    expect(overlapping).toEqual([]);
    for (const { x, y, width: w, height: h } of placed) {
      expect([x >= 0, y >= 0, x + w <= width, y + h <= height]).toEqual([true, true, true, true]);
    }
  });

  test("takes no name for markup", async () => {
    const picture = await pictureOf(
      platformOf("onprem", (draft) => {
        draft.organisation = 'Smith & <Sons> "Ltd"';
      }),
    );
    expect(picture).toContain("Smith &amp; &lt;Sons&gt; &quot;Ltd&quot; · corp.acme.example");
    expect(picture).not.toContain("<Sons>");
  });
});
