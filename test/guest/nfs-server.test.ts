import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetSpace } from "../cluster/support/ceph/net-space";
import { tier } from "../support/require";
import { inGuest } from "./guest";
import { guestNeeds } from "./guest-needs";
import { type Answer, answersOf, asksNfs, NFS_DISK, QUOTA, servesNfs } from "./nfs-server";

/** One machine for all: it boots, gets the role, answers everything, and ends. Its clients are network namespaces in it, with NFS of the same kernel. */
tier("guest", guestNeeds())("a file server on a virtual machine", () => {
  let folder: string;
  let space: NetSpace;
  let answers: ReadonlyMap<string, Answer>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bastide-guest-"));
    space = await NetSpace.open();
    const disks = { [NFS_DISK.name]: NFS_DISK.bytes };
    answers = answersOf(await inGuest({ space, folder, script: servesNfs + asksNfs, disks }));
  });
  afterAll(async () => {
    await space?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is what the role says after one application, and the second changes nothing", () => {
    expect(answers.get("first application")).toEqual({ code: 0, said: expect.stringMatching(/^nfs-1: \d+ changed$/) });
    expect(answers.get("second application")).toEqual({ code: 0, said: "nfs-1: nothing to do" });
    expect(answers.get("difference")).toEqual({ code: 0, said: "" });
  });

  it("speaks NFS 4 alone", () => {
    expect(answers.get("versions")?.said).toBe("-3 +4 +4.1 +4.2");
    expect(answers.get("listening")).toEqual({ code: 0, said: "" });
  });

  it("takes root of a client for nobody, and a user for the same user", () => {
    expect(answers.get("root of a client, squashed")).toEqual({ code: 0, said: "nobody\nnobody" });
    expect(answers.get("a user of a client")).toEqual({ code: 0, said: "10001" });
  });

  it("lets root of a client make folders where a provisioner needs that, over NFS 4.1", () => {
    expect(answers.get("root of a client, for a provisioner")).toEqual({ code: 0, said: "vers=4.1\nroot 700" });
  });

  it("gives an export no more room than its quota", () => {
    const full = answers.get("quota");
    expect(full?.code).toBe(1);
    expect(full?.said).toMatch(/No space left on device|Disk quota exceeded/);
    const size = Number(answers.get("quota, on the server")?.said);
    expect(size).toBeGreaterThan(QUOTA / 2);
    expect(size).toBeLessThanOrEqual(QUOTA);
  });

  it("gives an export that was numbered by its place in the list its own number, with all that is in it, once", () => {
    expect(answers.get("numbered by place")).toEqual({ code: 0, said: "projid = 1" });
    expect(answers.get("numbered anew")?.said).toMatch(/: command: to limit the export shared to 64Mi\n.*: 1 changed$/);
    expect(answers.get("numbered anew, its files")?.said).toBe("projid = 620381396\nprojid = 620381396");
    expect(answers.get("numbered anew, again")).toEqual({ code: 0, said: "nfs-1: nothing to do" });
  });

  it("gives the whole disk to an export whose quota is taken away", () => {
    expect(answers.get("no quota any more")).toEqual({ code: 0, said: String(100 * 1024 ** 2) });
  });

  it("gives each network what is for it, and a strange one no answer", () => {
    expect(answers.get("another network, what is for it")).toEqual({ code: 0, said: "by-root\nby-user" });
    expect(answers.get("another network, what is not")).toMatchObject({ code: 32 });
    expect(answers.get("a network of its own")).toEqual({ code: 0, said: "" });
    expect(answers.get("a strange network")).toEqual({ code: 124, said: "" });
  });

  it("publishes a change of its exports without a restart", () => {
    expect(answers.get("changed exports")).toEqual({ code: 0, said: expect.stringMatching(/^nfs-1: \d+ changed$/) });
    expect(answers.get("not started again")).toEqual({ code: 0, said: "" });
    expect(answers.get("another network, after the change")).toEqual({ code: 0, said: "pvc" });
    expect(answers.get("again after the change")).toEqual({ code: 0, said: "nfs-1: nothing to do" });
  });
});
