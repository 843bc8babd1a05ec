import type { HelmRecord } from "../../../cli/doctor/helm-records";
import { type ReleasesProps, releaseFindings } from "../../../cli/doctor/releases";
import { known, mending, stack } from "./world";

const releases = stack({
  name: "local-releases",
  resource: { helm_release: { "start-page": { name: "start-page", namespace: "playground" } } },
});
const inState = [known("helm_release.start-page", { name: "start-page", namespace: "playground" })];

/** Revisions 1, 2, ... of the start page in these states. */
const revisions = (...statuses: readonly string[]): HelmRecord[] =>
  statuses.map((status, index) => ({ name: "start-page", namespace: "playground", revision: index + 1, status }));

const examine = (records: readonly HelmRecord[], props: Partial<ReleasesProps> = {}) =>
  releaseFindings({
    ...{ stack: releases, records, known: inState, kubeconfig: "/home/anna/.bastide/local/kubeconfig" },
    ...{ terraform: "terraform", ...props },
  });

const WITH = "--namespace playground --kubeconfig /home/anna/.bastide/local/kubeconfig";

describe("a release", () => {
  it("that is deployed and known needs nothing", () => {
    expect(examine(revisions("superseded", "deployed"))).toEqual([]);
  });

  it("that the cluster does not have needs nothing: the next deploy installs it", () => {
    expect(examine([])).toEqual([]);
  });

  it.each([
    ["an installation that was cut off", revisions("pending-install"), `helm uninstall start-page ${WITH}`],
    ["an installation that failed and was not taken back", revisions("failed"), `helm uninstall start-page ${WITH}`],
    ["a removal that was cut off", revisions("uninstalling"), `helm uninstall start-page ${WITH}`],
    ["a removal whose record was kept", revisions("uninstalled"), `helm uninstall start-page ${WITH}`],
    ["an upgrade that was cut off", revisions("deployed", "pending-upgrade"), `helm rollback start-page 1 ${WITH}`],
    [
      "an upgrade that was cut off in its last moment",
      revisions("superseded", "superseded", "pending-upgrade"),
      `helm rollback start-page 2 ${WITH}`,
    ],
    [
      "a return to an earlier revision that was cut off",
      revisions("deployed", "failed", "pending-rollback"),
      `helm rollback start-page 1 ${WITH}`,
    ],
    [
      "an upgrade of what was never complete",
      revisions("failed", "pending-upgrade"),
      `helm uninstall start-page ${WITH}`,
    ],
  ])("is mended after %s", (_, records, command) => {
    const [finding, ...others] = examine(records);
    expect(others).toEqual([]);
    expect(finding?.commands).toEqual([command]);
    expect(finding?.where).toBe("playground/start-page");
    expect(finding?.found).toBe(`${records.at(-1)?.status}, revision ${records.length}`);
  });

  it("whose upgrade failed is upgraded by the next deploy", () => {
    const [finding] = examine(revisions("deployed", "failed"));
    expect(finding?.commands).toEqual([]);
    expect(finding?.why).toContain("The next deploy upgrades from revision 1");
  });

  it("that runs but is in no state is imported", () => {
    const [finding] = examine(revisions("deployed"), { known: [] });
    expect(finding?.found).toBe("deployed, revision 1, in no state");
    expect(mending(finding?.commands ?? [])).toEqual([
      "terraform -chdir=out/stacks/local-releases import helm_release.start-page playground/start-page",
    ]);
  });

  it("that is in no state and pending is mended first and then imported", () => {
    const [finding] = examine(revisions("deployed", "pending-upgrade"), { known: [] });
    expect(mending(finding?.commands ?? [])).toEqual([
      `helm rollback start-page 1 ${WITH}`,
      "terraform -chdir=out/stacks/local-releases import helm_release.start-page playground/start-page",
    ]);
  });

  it("is not taken for lost where the state could not be read", () => {
    expect(examine(revisions("deployed"), { known: undefined })).toEqual([]);
  });

  it.each(["at-work", "maybe-at-work"] as const)("that a deployment is working on is left alone (%s)", (lock) => {
    const [finding] = examine(revisions("pending-install"), { lock });
    expect(finding?.commands).toEqual([]);
    expect(finding?.why).toContain("Ask again when the lock of its stack is gone");
  });

  it.each(["at-work", "maybe-at-work"] as const)("that is in no state yet is no finding meanwhile (%s)", (lock) => {
    expect(examine(revisions("deployed"), { known: [], lock })).toEqual([]);
  });

  it("is mended although its stack is locked, if that lock was left behind", () => {
    const [finding] = examine(revisions("pending-install"), { lock: "left-behind" });
    expect(finding?.commands).toEqual([`helm uninstall start-page ${WITH}`]);
  });

  it("that only the state knows any more is looked at too", () => {
    const gone = [known("helm_release.old", { name: "old", namespace: "playground" })];
    const records = [{ name: "old", namespace: "playground", revision: 1, status: "pending-install" }];
    expect(examine(records, { known: gone }).map(({ where }) => where)).toEqual(["playground/old"]);
  });

  it("of somebody else, or of the same name in another namespace, is nobody's business here", () => {
    const theirs = revisions("pending-install").map((record) => ({ ...record, namespace: "their-namespace" }));
    expect(
      examine([...theirs, { name: "rke2-canal", namespace: "kube-system", revision: 1, status: "failed" }]),
    ).toEqual([]);
  });
});
