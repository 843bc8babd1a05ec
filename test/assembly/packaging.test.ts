import { parseAllDocuments } from "yaml";
import { BUDGET_BYTES, checkBudget, recordBytes } from "../../assembly/checks/budget";
import { manifestsOf, pack } from "../../assembly/packaging";
import { object, release } from "../support/releases";

const own = (...objects: ReturnType<typeof object>[]) => {
  const { chart } = release("any", [], objects);
  if (chart.kind !== "own") throw new Error("a release of ours has a chart of ours");
  return chart;
};

/** Texts that YAML 1.1, YAML 1.2 or Helm could take for something else. */
const TRICKY = [
  "yes",
  "no",
  "on",
  "y",
  "0644",
  "0o17",
  "1e3",
  "1_000",
  "0x1F",
  "~",
  "null",
  "12:30:45",
  "2001-01-01",
  "=",
  "<<",
  ".inf",
  "1.",
  "",
  " x",
  "a: b",
  "- a",
  "#x",
  "{{ $labels.pod }}",
  "{{ .Values.x }}",
  "a\nb\n",
  "\t",
  "%a",
  "@b",
  "`c",
  "*d",
  "&e",
  "!f",
  "\u2028",
  "\u0000",
];

describe("a packed chart", () => {
  test.each(["1.1", "1.2"] as const)("says in YAML %s exactly what the objects say", (version) => {
    const objects = [
      object("ConfigMap", "tricky", { data: Object.fromEntries(TRICKY.map((text, index) => [`k${index}`, text])) }),
    ];
    const read = parseAllDocuments(manifestsOf(objects), { version }).map((document) =>
      "toJS" in document ? document.toJS() : undefined,
    );
    expect(read).toEqual(objects);
  });

  test("prints its manifests by one template that reads nothing in them", () => {
    const { files } = pack("any", own(object("ConfigMap", "alert", { data: { text: "{{ $labels.pod }}" } })));
    expect(Object.keys(files)).toEqual(["Chart.yaml", "templates/manifests.yaml", "manifests.yaml"]);
    expect(files["templates/manifests.yaml"]).toBe('{{ .Files.Get "manifests.yaml" }}\n');
    expect(files["manifests.yaml"]).toContain("{{ $labels.pod }}");
  });

  test("has another version as soon as one byte differs, and the same otherwise", () => {
    const version = (text: string) => pack("any", own(object("ConfigMap", "one", { data: { text } }))).version;
    expect(version("a")).toBe(version("a"));
    expect(version("a")).not.toBe(version("b"));
    expect(version("a")).toMatch(/^0\.1\.0\+[0-9a-f]{12}$/);
  });
});

describe("the budget of Helm's record", () => {
  /** Text that does not compress. */
  const noise = (bytes: number) => {
    let state = 1;
    return Array.from({ length: bytes }, () =>
      String.fromCharCode(33 + ((state = (state * 48_271) % 2_147_483_647) % 94)),
    ).join("");
  };

  test("accepts a chart that fits", () =>
    expect(checkBudget([pack("small", own(object("ConfigMap", "a", { data: { text: noise(1000) } })))])).toEqual([]));

  test("fails for one that does not, and says by how much", () => {
    const large = pack("large", own(object("ConfigMap", "a", { data: { text: noise(800 * 1024) } })));
    expect(recordBytes(large)).toBeGreaterThan(BUDGET_BYTES);
    expect(checkBudget([large])).toEqual([
      {
        path: "large",
        rule: expect.stringMatching(/^Helm's record of it would take \d+ KiB, and the budget is 700 KiB: split it$/),
      },
    ]);
  });
});
