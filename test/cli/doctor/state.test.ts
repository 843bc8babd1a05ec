import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ask } from "../../../cli/doctor/ask";
import { readState } from "../../../cli/doctor/state";
import { answering, type Reply, stack } from "./world";

const LOCKED = `Error: Error acquiring the state lock
Lock Info:
  ID:        5e2f6b1c
  Operation: OperationTypeApply
  Who:       anna@build-1
  Created:   2026-11-21 13:44:34.1 +0000 UTC`;

const STATE = JSON.stringify({
  version: 4,
  resources: [
    { mode: "managed", type: "aws_vpc", name: "main", instances: [{ attributes: { id: "vpc-1" } }] },
    { mode: "data", type: "aws_region", name: "here", instances: [{ attributes: { id: "x" } }] },
  ],
});

const free: Readonly<Record<string, Reply>> = { init: "", untaint: "", "state pull": STATE };

describe("the state of a stack", () => {
  it("is read with its resources, and its lock is free", () => {
    const reading = readState(answering(free), "terraform", stack());
    expect(reading).toMatchObject({
      lock: undefined,
      resources: [{ address: "aws_vpc.main", type: "aws_vpc", attributes: { id: "vpc-1" } }],
    });
  });

  it("is read although it is locked, with who holds the lock", () => {
    const reading = readState(answering({ ...free, untaint: { fails: LOCKED } }), "terraform", stack());
    expect(reading).toMatchObject({
      lock: { id: "5e2f6b1c", who: "anna@build-1" },
      resources: [{ address: "aws_vpc.main" }],
    });
  });

  it("has no resources before anything was deployed", () => {
    expect(readState(answering({ ...free, "state pull": "" }), "terraform", stack())).toMatchObject({ resources: [] });
  });

  it("is asked for in a folder with the backend and nothing else, which is removed", () => {
    let folder = "";
    const answers = answering(free);
    const ask: Ask = (program, args) => {
      folder = args[0]?.replace("-chdir=", "") ?? "";
      expect(JSON.parse(readFileSync(join(folder, "main.tf.json"), "utf8"))).toEqual({
        terraform: { backend: { s3: { bucket: "states", use_lockfile: true } } },
      });
      return answers(program, args);
    };
    const resource = { aws_vpc: { main: {} } };
    readState(ask, "tofu", stack({ backend: { s3: { bucket: "states", use_lockfile: true } }, resource }));
    expect(answers.asked).toHaveLength(3);
    expect(existsSync(folder)).toBe(false);
  });

  it("does not wait for the lock, and asks for what changes nothing", () => {
    const ask = answering(free);
    readState(ask, "tofu", stack());
    expect(ask.asked[1]).toMatch(/^tofu -chdir=\S+ untaint -no-color -lock-timeout=0s -allow-missing terraform_data\./);
  });

  it.each([
    [
      "the backend does not answer",
      {
        init: {
          fails: '\nError: Failed to get existing workspaces: S3 bucket "states" does not exist.\n\nThe bucket\n',
        },
      },
      'Failed to get existing workspaces: S3 bucket "states" does not exist.',
    ],
    [
      "the state cannot be read",
      { ...free, "state pull": { fails: "Error: Failed to refresh state\n\nAccess denied\n" } },
      "Failed to refresh state: Access denied",
    ],
    ["the lock fails otherwise", { ...free, untaint: { fails: "Error: no such host.\n" } }, "no such host."],
  ])("fails with Terraform's reason when %s", (_, replies, because) => {
    expect(readState(answering(replies as Record<string, Reply>), "terraform", stack())).toMatchObject({
      ok: false,
      because,
    });
  });
});

describe("a local state", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const local = () => stack({ backend: { local: { path: join(folder, "x.tfstate") } } });

  it("that does not exist yet needs no Terraform, and none is written", () => {
    const ask = answering({});
    expect(readState(ask, "terraform", local())).toMatchObject({ resources: [] });
    expect({ asked: ask.asked, written: existsSync(join(folder, "x.tfstate")) }).toEqual({ asked: [], written: false });
  });

  it("that exists is read like any other", () => {
    writeFileSync(join(folder, "x.tfstate"), STATE);
    expect(readState(answering(free), "terraform", local())).toMatchObject({
      resources: [{ address: "aws_vpc.main" }],
    });
  });
});
