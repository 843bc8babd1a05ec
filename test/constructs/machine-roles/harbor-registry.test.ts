import type { Draft } from "../../support/environments";
import { tier } from "../../support/require";
import { emptyHarbor, HarborStandIn } from "./support/harbor-api";
import { canaries, HarborMachine } from "./support/harbor-machine";
import { lacking } from "./support/programs";

tier("machines", lacking("python3"))("what a Harbor holds", () => {
  let machine: HarborMachine;
  let harbor: HarborStandIn;
  beforeEach(async () => {
    machine = new HarborMachine();
    harbor = await HarborStandIn.start(emptyHarbor(), machine.overwrite);
  });
  afterEach(() => {
    harbor.stop();
    machine.end();
  });

  describe("before anybody has signed in", () => {
    it("has its sign-in by OIDC, with the client's secret, from its first moment", async () => {
      expect(JSON.parse(machine.overwrite)).toMatchObject({
        auth_mode: "oidc_auth",
        oidc_endpoint: "https://id.corp.acme.example/realms/acme",
        oidc_client_id: "harbor",
        oidc_client_secret: canaries["harbor-oidc/client-secret"],
        oidc_admin_group: "acme-it",
        oidc_groups_claim: "groups",
      });
      expect(await machine.ask(harbor.port, "settings")).toEqual({ status: 0, said: "" });
    });

    it("keeps it through the first sign-in and a restart", async () => {
      const state = emptyHarbor();
      (await HarborStandIn.start(state, machine.overwrite)).stop();
      state.people.push("ada");
      const again = await HarborStandIn.start(state, machine.overwrite);
      expect(await machine.ask(again.port, "settings")).toEqual({ status: 0, said: "" });
      again.stop();
    });

    it("lets nobody change a setting by hand", async () => {
      const answer = await put(harbor, { auth_mode: "db_auth" });
      expect(answer).toEqual({ status: 403, text: expect.stringContaining("it cannot be updated") });
    });
  });

  describe("the trap", () => {
    it("fails where somebody has signed in before: Harbor refuses the setting, and would not start with it", async () => {
      const state = emptyHarbor();
      const byHand = await HarborStandIn.start(state);
      byHand.signIn("ada");
      const refusal = "the auth mode cannot be modified as new users have been inserted into database";
      expect(await put(byHand, { auth_mode: "oidc_auth" })).toEqual({
        status: 400,
        text: expect.stringContaining(refusal),
      });
      byHand.stop();
      await expect(HarborStandIn.start(state, machine.overwrite)).rejects.toThrow(refusal);
    });

    it("fails before Harbor is touched, and says what to do", async () => {
      const byHand = await HarborStandIn.start(emptyHarbor());
      byHand.signIn("ada");
      await expect(machine.apply(byHand.port)).rejects.toThrow(
        "it failed to set the sign-in, which Harbor refuses once a person exists: people have signed in to this Harbor by db_auth, " +
          "and it would not start again with oidc_auth: remove them in Harbor (Administration, Users), or begin with empty data",
      );
      expect(byHand.changes).toEqual([]);
      byHand.stop();
    });

    it("is none where nobody has signed in yet, or Harbor is not there", async () => {
      const byHand = await HarborStandIn.start(emptyHarbor());
      expect((await machine.ask(byHand.port, "may-sign-in")).status).toBe(0);
      byHand.stop();
      expect((await machine.ask(byHand.port, "may-sign-in")).status).toBe(0);
    });
  });

  it("does not keep a Harbor from being mended that answers with faults alone", async () => {
    harbor.fault = 502;
    expect(await machine.ask(harbor.port, "may-sign-in")).toEqual({ status: 0, said: "" });
  });

  it("fails where Harbor's administrator has another password, without showing it", async () => {
    machine.secrets["images-admin/password"] = "another-canary";
    expect(await machine.ask(harbor.port, "healthy")).toEqual({ status: 1, said: "GET /health: Harbor answers 401\n" });
  });

  it("fails where a part of Harbor is not well", async () => {
    harbor.unhealthy = true;
    expect((await machine.ask(harbor.port, "healthy")).status).toBe(1);
  });

  it("fails where Harbor does not answer, and says where", async () => {
    harbor.stop();
    const { status, said } = await machine.ask(harbor.port, "check", "project", "platform");
    expect({ status, said }).toEqual({
      status: 3,
      said: `Harbor does not answer at http://127.0.0.1:${harbor.port} on this machine: Connection refused\n`,
    });
  });
});

/** One Harbor, to which each test comes as the one before left it. */
tier("machines", lacking("python3"))("a Harbor that is applied to", () => {
  const machine = new HarborMachine();
  let harbor: HarborStandIn;
  beforeAll(async () => {
    harbor = await HarborStandIn.start(emptyHarbor(), machine.overwrite);
    await machine.apply(harbor.port);
  });
  afterAll(() => {
    harbor?.stop();
    machine.end();
  });

  it("has projects with quota and retention, and one that stands in front of Docker Hub", () => {
    const rules = [expect.objectContaining({ template: "latestPushedK", params: { latestPushedK: 20 } })];
    expect(harbor.project("platform")).toMatchObject({
      metadata: { public: "false", auto_scan: "true" },
      storage: 200 * 1024 ** 3,
      retention: { rules, scope: { level: "project", ref: 1 } },
    });
    expect(harbor.project("docker-hub")).toMatchObject({ metadata: { public: "true" }, registry_id: 1, storage: -1 });
  });

  it("has robots that may pull, or push, from their own project, with the operator's password", () => {
    const rights = (...actions: string[]) => {
      const access = actions.map((action) => ({ resource: "repository", action }));
      return { duration: -1, permissions: [{ kind: "project", namespace: "platform", access }] };
    };
    expect(harbor.robot("robot$platform+nodes")).toMatchObject(rights("pull"));
    expect(harbor.robot("robot$platform+ci")).toMatchObject(rights("pull", "push"));
    expect(harbor.opens("robot$platform+nodes", "Canary-of-the-nodes-1")).toBe(true);
  });

  it("is not changed by an application that follows", async () => {
    const before = harbor.changes.length;
    expect(await machine.apply(harbor.port)).toEqual([]);
    expect(harbor.changes).toHaveLength(before);
  });

  it("takes a robot's rotated password, after which the old one opens nothing", async () => {
    machine.secrets["harbor-pull/token"] = "Rotated-canary-2";
    expect(await machine.apply(harbor.port, /robot/)).toEqual(["give the robot nodes its rights and its password"]);
    expect(harbor.opens("robot$platform+nodes", "Rotated-canary-2")).toBe(true);
    expect(harbor.opens("robot$platform+nodes", "Canary-of-the-nodes-1")).toBe(false);
  });

  it("fails where a robot's password is too simple for Harbor, without showing it", async () => {
    machine.secrets["harbor-push/token"] = "simple-canary";
    const failure = machine.apply(harbor.port, /robot ci/).catch((error: Error) => error.message);
    expect(await failure).toBe(
      "it failed to give the robot ci its rights and its password: Harbor refuses the password of the robot ci: " +
        "it must have 8 to 128 characters, among them A-Z, a-z and 0-9\n",
    );
  });

  it("is brought back where somebody changed it by hand", async () => {
    await put(harbor, { metadata: { public: "true" } }, "/projects/platform");
    await put(harbor, { hard: { storage: -1 } }, "/quotas/1");
    expect(await machine.apply(harbor.port, /project/)).toEqual(["make the project platform what it must be"]);
    expect(harbor.project("platform")).toMatchObject({ metadata: { public: "false" }, storage: 200 * 1024 ** 3 });
  });

  it("has a robot no more that was taken out of the environment, and those still that people made", async () => {
    const another = (draft: Draft) => {
      draft.services.images.robots.old = { project: "platform", may: "push", secret: "harbor-old" };
    };
    const secrets = {
      ...machine.secrets,
      "harbor-push/token": "Canary-of-the-build-1",
      "harbor-old/token": "Canary-1-old",
    };
    const before = new HarborMachine(another, secrets);
    const after = new HarborMachine(undefined, secrets);
    await before.apply(harbor.port, /robot/);
    await ask(harbor, "POST", "/robots", {
      name: "by-hand",
      permissions: [{ kind: "project", namespace: "platform", access: [] }],
    });
    expect(harbor.opens("robot$platform+old", "Canary-1-old")).toBe(true);

    expect(await after.apply(harbor.port, /stray/)).toEqual([
      "take away the robots that the environment names no more",
    ]);
    expect(harbor.opens("robot$platform+old", "Canary-1-old")).toBe(false);
    expect(
      ["old", "nodes", "ci", "by-hand"].map((name) => harbor.robot(`robot$platform+${name}`) !== undefined),
    ).toEqual([false, true, true, true]);
    expect(await after.apply(harbor.port, /stray/)).toEqual([]);
    before.end();
    after.end();
  });

  it("keeps every image again where keepLast is taken out", async () => {
    const keepsAll = new HarborMachine((draft) => delete draft.services.images.projects.platform.keepLast);
    await keepsAll.apply(harbor.port, /project platform/);
    expect(harbor.project("platform")?.retention).toMatchObject({ rules: [] });
    expect(await keepsAll.apply(harbor.port, /project platform/)).toEqual([]);
    keepsAll.end();
  });
});

type Said = Promise<{ status: number; text: string }>;

/** A change by hand, as the administrator. */
function put(harbor: HarborStandIn, body: object, path = "/configurations"): Said {
  return ask(harbor, "PUT", path, body);
}

async function ask({ port }: HarborStandIn, method: string, path: string, body: object): Said {
  const authorization = `Basic ${Buffer.from(`admin:${HarborStandIn.password}`).toString("base64")}`;
  const options = { method, headers: { authorization }, body: JSON.stringify(body) };
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2.0${path}`, options);
  return { status: answer.status, text: await answer.text() };
}
