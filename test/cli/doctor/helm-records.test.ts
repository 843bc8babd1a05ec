import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helmRecords, recordsIn } from "../../../cli/doctor/helm-records";
import { answering } from "./world";

/** What kubectl 1.35 printed of three revisions and of a Secret of another type with the same label. */
const TABLE = `gateway       sh.helm.release.v1.gateway.v1      helm.sh/release.v1   1     7s    gateway      deployed          1             1795268002
playground    sh.helm.release.v1.start-page.v2   helm.sh/release.v1   1     5m    start-page   pending-upgrade   2   1795268100   
playground    sh.helm.release.v1.start-page.v3   helm.sh/release.v1   1     4s    start-page   pending-install   3
playground    helm-notes                         Opaque               2     9d    start-page   deployed          9
`;

describe("Helm's records", () => {
  let folder: string;
  let kubeconfig: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-test-"));
    kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, "");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are read from the labels of their Secrets, each with the one time that it has", () => {
    expect(recordsIn(TABLE)).toEqual([
      { namespace: "gateway", name: "gateway", status: "deployed", revision: 1, since: new Date(1795268002_000) },
      {
        namespace: "playground",
        name: "start-page",
        status: "pending-upgrade",
        revision: 2,
        since: new Date(1795268100_000),
      },
      { namespace: "playground", name: "start-page", status: "pending-install", revision: 3, since: undefined },
    ]);
  });

  it("are asked for as a table of labels, so that no content leaves the API server", () => {
    const ask = answering({ "kubectl get secrets": TABLE });
    expect(helmRecords(ask, kubeconfig, "local")).toHaveLength(3);
    expect(ask.asked).toEqual([expect.stringContaining("--label-columns=name,status,version,createdAt,modifiedAt")]);
    expect(ask.asked[0]).not.toMatch(/ (-o|--output|--template|get secret\/)/);
  });

  it("fails with the cure when there is no kubeconfig", () => {
    expect(helmRecords(answering({}), "/nowhere/kubeconfig", "local")).toEqual({
      what: "Helm releases in the cluster",
      because: "there is no kubeconfig /nowhere/kubeconfig",
      cure: "write it: npm run kubeconfig -- --env local",
    });
  });

  it("fails with what kubectl says when the cluster does not answer", () => {
    const ask = answering({
      kubectl: { fails: "E1121 memcache.go\nUnable to connect to the server: dial tcp: i/o timeout\n" },
    });
    expect(helmRecords(ask, kubeconfig, "local")).toMatchObject({
      because: "Unable to connect to the server: dial tcp: i/o timeout",
      cure: expect.stringContaining(`kubectl --kubeconfig ${kubeconfig} get nodes`),
    });
  });
});
