import { Report, sentence } from "../../../platform/shared/problems";
import { ByteSize } from "../../../platform/shared/quantities";
import { claim, type StorageClassRef, type VolumeClaim } from "../../../platform/shared/volumes";
import { checkClaims } from "../../../platform/storage";
import { platformOf } from "../../support/kubernetes";

const { storage } = platformOf("onprem");
const wants = (storageClass: string, size: string, more: Partial<VolumeClaim> = {}): VolumeClaim => ({
  owner: ["apps", "wiki", "volumes", "pages"],
  namespace: "internal-tools",
  name: "wiki-pages",
  storageClass,
  access: "ReadWriteOnce",
  size: ByteSize.parse(size)!,
  count: 1,
  ...more,
});

function refusals(...claims: VolumeClaim[]): string[] {
  const report = new Report("onprem");
  checkClaims(storage, claims, report);
  return report.problems.map(sentence);
}

describe("a claim", () => {
  test("that fits is taken, up to 85 % of a third of the devices", () => {
    expect(refusals(wants("ceph-block", "1Ti"), wants("ceph-files", "500Gi"))).toEqual([]);
  });

  test("fails for 100Ti", () => {
    expect(refusals(wants("ceph-block", "100Ti"))).toEqual([
      'onprem.apps.wiki.volumes.pages.size is "100Ti", but class ceph-block has room for 1.7Ti when it is 85 % full: claim less, or add disks to the machines of the storage cluster',
    ]);
  });

  test("fails where many small ones are too much together; the largest is named", () => {
    const small = wants("ceph-block", "300Gi", { count: 5, owner: ["observability", "metrics"] });
    const large = wants("ceph-block", "800Gi", { owner: ["apps", "archive"] });
    expect(refusals(large, small)).toEqual([
      'onprem.observability.metrics.size is "300Gi", but all claims together are 2.24Ti, and class ceph-block has room for 1.7Ti when it is 85 % full: claim less, or add disks to the machines of the storage cluster',
    ]);
  });

  test("fails where each class has room, and both share the devices", () => {
    expect(refusals(wants("ceph-block", "1Ti"), wants("ceph-files", "1Ti"))).toEqual([
      'onprem.storage.ceph.devices is "6Ti", but with all copies the claims take 6Ti (ceph-block 3Ti, ceph-files 3Ti), and 5.1Ti of the devices may be filled: claim less, or add disks',
    ]);
  });

  test("fails for ReadWriteMany of a block device", () => {
    expect(refusals(wants("ceph-block", "1Gi", { access: "ReadWriteMany" }))).toEqual([
      'onprem.apps.wiki.volumes.pages.access is "ReadWriteMany", but volumes of class ceph-block (ceph-block) are mounted by one node at a time: use ReadWriteOnce, or class ceph-files or nfs',
    ]);
  });

  test("fails for a class that does not exist", () => {
    expect(refusals(wants("ceph-blok", "1Gi"))).toEqual([
      'onprem.apps.wiki.volumes.pages.class is "ceph-blok", but there is no storage class of that name: did you mean ceph-block? Known: ceph-block, ceph-files, nfs',
    ]);
  });
});

describe("a class that the compiler knows", () => {
  const block: StorageClassRef<"ReadWriteOnce"> = { name: "block", access: ["ReadWriteOnce"] };
  const rest = { owner: ["x"], namespace: "x", name: "x", size: ByteSize.gibibytes(1), count: 1 };

  test("gives a claim of what it can do", () => {
    expect(claim(block, "ReadWriteOnce", rest)).toMatchObject({ storageClass: "block", access: "ReadWriteOnce" });
  });

  test("fails to compile for ReadWriteMany of a block device", () => {
    // @ts-expect-error: ReadWriteMany is none of its modes
    expect(claim(block, "ReadWriteMany", rest).access).toBe("ReadWriteMany");
  });
});
