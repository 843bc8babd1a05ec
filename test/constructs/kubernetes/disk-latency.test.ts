import { latencyObjects, type Measured } from "../../../constructs/kubernetes/disk-latency/job";
import { Platform } from "../../../platform/platform";
import { ByteSize } from "../../../platform/shared/quantities";
import { examples } from "../../support/environments";
import { problemLine, validateStrictly } from "../../support/strict";

const { classes } = Platform.of(examples.onprem).storage;
const baseline: Measured = { kind: "baseline" };
const each = classes.map((of) => ({ title: of.name, measured: { kind: "class", of } as const }));
const objectsOf = (measured: Measured, more: object = {}) =>
  latencyObjects({
    measured,
    image: { reference: "registry.example/disk-latency:1", pullSecret: "pull" },
    namespace: "tools",
    arguments: ["--runs", "10"],
    ...more,
  });
// biome-ignore lint/suspicious/noExplicitAny: tests look into any object
const jobOf = (measured: Measured, more?: object): any => objectsOf(measured, more).find(({ kind }) => kind === "Job");

test.each([{ title: "the baseline", measured: baseline }, ...each])(
  "$title is measured by valid objects",
  ({ measured }) => {
    expect(validateStrictly(objectsOf(measured)).map(problemLine)).toEqual([]);
  },
);

test.each(each)("a volume of class $title is claimed and mounted", ({ title, measured }) => {
  const [claim, job] = objectsOf(measured);
  expect(claim).toMatchObject({
    kind: "PersistentVolumeClaim",
    metadata: { name: `disk-latency-${title}`, namespace: "tools" },
    spec: { storageClassName: title, accessModes: ["ReadWriteOnce"] },
  });
  expect(job).toMatchObject({
    spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: `disk-latency-${title}` } }] } } },
  });
});

test("the baseline claims nothing: it is the node's own disk", () => {
  expect(objectsOf(baseline)).toHaveLength(1);
  expect(jobOf(baseline).spec.template.spec.volumes).toEqual([{ name: "measured", emptyDir: { sizeLimit: "1Gi" } }]);
});

test.each([
  ["ceph-block", "ext4"],
  ["ceph-files", "ceph"],
  ["nfs", "nfs4"],
])("of class %s nothing but %s is measured", (name, type) => {
  const { measured } = each.find(({ title }) => title === name)!;
  const { args } = jobOf(measured).spec.template.spec.containers[0];
  expect(args).toEqual([
    ...["measure", "--directory", "/volume", "--expect", type, "--label", name, "--format", "json", "--runs", "10"],
  ]);
});

test("it ends: no second attempt, a deadline, and it is removed even if nobody fetches it", () => {
  expect(jobOf(baseline).spec).toMatchObject({
    backoffLimit: 0,
    activeDeadlineSeconds: 900,
    ttlSecondsAfterFinished: 3600,
  });
});

test("it gets what it asks for and no more, so that others' idle time flatters no volume", () => {
  const { requests, limits } = jobOf(baseline).spec.template.spec.containers[0].resources;
  expect(requests).toEqual(limits);
  expect(ByteSize.parse(requests.memory)?.bytes).toBe(512 * 1024 * 1024);
});

test("it runs on the node that is named", () => {
  expect(jobOf(baseline).spec.template.spec.nodeSelector).toBeUndefined();
  expect(jobOf(baseline, { node: "stor-1" }).spec.template.spec.nodeSelector).toEqual({
    "kubernetes.io/hostname": "stor-1",
  });
});

test("it says where it ran, with which image", () => {
  expect(jobOf(baseline).spec.template.spec.containers[0].env).toEqual([
    { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
    { name: "IMAGE", value: "registry.example/disk-latency:1" },
  ]);
});
