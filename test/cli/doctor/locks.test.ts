import { resolve } from "node:path";
import type { LockInfo } from "../../../cli/doctor/lock-info";
import { lockFinding, here as lookAround, verdictOn } from "../../../cli/doctor/locks";
import { answering, here, mending, stack } from "./world";

const minutesAgo = (minutes: number) => new Date(here.now.getTime() - minutes * 60_000);

const lock = (who: string, minutes?: number): LockInfo => ({
  id: "5e2f6b1c",
  who,
  operation: "apply",
  created: minutes === undefined ? undefined : minutesAgo(minutes),
});

describe("a lock", () => {
  const cloud = stack({ name: "aws-cloud" });

  const inFolder = (folder?: string) => ({ pid: 100, folder });
  const begun = (minutes: number) => ({ began: minutesAgo(minutes) });
  const own = inFolder(resolve("out/stacks/aws-cloud"));
  const sameState = { ...inFolder("/home/anna/other/aws-cloud"), backend: '{"s3":{"bucket":"states"}}' };
  const otherState = { ...inFolder("/home/anna/other/aws-cloud"), backend: '{"s3":{"bucket":"theirs"}}' };

  it.each([
    ["of this machine, with nobody at work, is left behind however young", "anna@annas-laptop", 1, [], "left-behind"],
    ["of a Terraform in the stack's folder is at work however old", "anna@annas-laptop", 999, [own], "at-work"],
    ["may be of a Terraform whose folder nobody can tell", "anna@annas-laptop", 1, [inFolder()], "at-work"],
    ["may be of one that has the same state elsewhere", "anna@annas-laptop", 1, [sameState], "maybe-at-work"],
    [
      "is not of one with another state in a folder of the same name",
      "anna@annas-laptop",
      1,
      [otherState],
      "left-behind",
    ],
    ["is of one that began before it was taken", "anna@annas-laptop", 30, [{ ...own, ...begun(31) }], "at-work"],
    [
      "may be of one that began a little after it, by another clock",
      "anna@annas-laptop",
      30,
      [{ ...own, ...begun(26) }],
      "at-work",
    ],
    [
      "is not of one that began after it was taken: that one waits",
      "anna@annas-laptop",
      30,
      [
        { ...own, ...begun(10) },
        { ...sameState, ...begun(10) },
      ],
      "left-behind",
    ],
    [
      "may be of one that began after nobody knows when",
      "anna@annas-laptop",
      undefined,
      [{ ...own, ...begun(10) }],
      "at-work",
    ],
    ["of another machine may be at work while it is young", "ci@runner-7", 14, [], "maybe-at-work"],
    ["of another machine is left behind when it is old", "ci@runner-7", 16, [own], "left-behind"],
    ["of another machine may be at work if nobody knows its age", "ci@runner-7", undefined, [], "maybe-at-work"],
  ] as const)("%s", (_, who, minutes, running, verdict) => {
    expect(verdictOn(lock(who, minutes), cloud, { ...here, running })).toBe(verdict);
  });

  it("of a local state is always held by a process that lives", () => {
    const local = stack({ name: "local-releases", backend: { local: { path: "x.tfstate" } } });
    expect(verdictOn(lock("anna@annas-laptop", 999), local, here)).toBe("at-work");
  });

  it("that was left behind is broken by its id", () => {
    const { commands, why } = lockFinding(lock("anna@annas-laptop", 1), cloud, here, "tofu");
    expect(mending(commands)).toEqual(["tofu -chdir=out/stacks/aws-cloud force-unlock -force 5e2f6b1c"]);
    expect(why).toContain("no Terraform on this machine works on the stack any more");
  });

  it("whose holder is alive is not broken: the doctor says who it is and how to stop it", () => {
    const running = [{ ...own, pid: 4711 }];
    const { commands, why } = lockFinding(lock("anna@annas-laptop", 1), cloud, { ...here, running }, "terraform");
    expect(commands).toEqual([]);
    expect(why).toContain(
      "Process 4711 on this machine is working on this stack, or waiting to. Wait until it has ended; if the lock is still there then, ask again.",
    );
    expect(why).toContain("kill -INT 4711");
  });

  it("of a local state names no process that only waits for it", () => {
    const local = stack({ name: "aws-cloud", backend: { local: { path: "x.tfstate" } } });
    const running = [{ ...own, ...begun(10) }];
    expect(lockFinding(lock("anna@annas-laptop", 30), local, { ...here, running }, "terraform").why).toBe(
      "A process that is alive is working on this stack. Nothing is wrong: wait until it has ended.",
    );
  });

  it("that was left behind tells who waits for it and will go on", () => {
    const running = [{ ...own, pid: 4711, ...begun(10) }];
    const { commands, why } = lockFinding(lock("anna@annas-laptop", 30), cloud, { ...here, running }, "tofu");
    expect(mending(commands)).toEqual(["tofu -chdir=out/stacks/aws-cloud force-unlock -force 5e2f6b1c"]);
    expect(why).toMatch(
      /Process 4711 may be waiting for it, and goes on once it is broken: .* end that first with kill -INT 4711\.$/,
    );
  });

  it("of another machine that is young is broken only after its holder was asked", () => {
    const { found, since, why } = lockFinding(lock("ci@runner-7", 3), cloud, here, "terraform");
    expect({ found, since }).toEqual({ found: "state locked by ci@runner-7 (apply)", since: minutesAgo(3) });
    expect(why).toContain("Ask ci@runner-7 first");
  });

  it("that may be held from another folder of this machine tells from where", () => {
    const { why } = lockFinding(lock("anna@annas-laptop", 1), cloud, { ...here, running: [sameState] }, "terraform");
    expect(why).toContain("at work in /home/anna/other/aws-cloud (process 100)");
  });

  it("is broken in a folder that is made ready first, where it is not", () => {
    expect(lockFinding(lock("anna@annas-laptop"), cloud, here, "terraform").commands.slice(0, 2)).toEqual([
      "npm run synth",
      "terraform -chdir=out/stacks/aws-cloud init -input=false",
    ]);
  });
});

describe("the Terraforms at work on this machine", () => {
  const processes = `
    1 20-03:00:00 /sbin/init
  200       01:05 terraform apply -auto-approve
  201       01:00 .terraform/providers/registry.terraform.io/hashicorp/helm/3.1.1/linux_amd64/terraform-provider-helm_v3.1.1
  202  1-02:03:04 /usr/local/bin/tofu -chdir=cdktf.out/stacks/aws-data destroy
  203       00:00 terraform version
  204       00:10 less apply terraform
`;

  it("are those that hold locks: no provider, no version, no other program", () => {
    const { running } = lookAround(answering({ ps: processes }), "terraform");
    expect(running.map(({ pid }) => pid)).toEqual([200, 202]);
  });

  it("tell since when they run", () => {
    const { running } = lookAround(answering({ ps: processes }), "terraform", new Date("2026-11-21T12:00:00Z"));
    expect(running.map(({ began }) => began?.toISOString())).toEqual([
      "2026-11-21T11:58:55.000Z",
      "2026-11-20T09:56:56.000Z",
    ]);
  });

  it("are none where nobody can tell", () => {
    expect(lookAround(answering({ ps: { fails: "ps: not permitted" } }), "terraform").running).toEqual([]);
  });
});
