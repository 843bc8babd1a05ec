import { App } from "cdktf";
import { documentOf, programDigest } from "../../constructs/machine-roles";
import { Platform } from "../../platform/platform";
import { MachinesStack } from "../../stacks/machines-stack";
import { changed, type Draft } from "../support/environments";
import { Synthesized } from "../support/terraform";

const setting = { helmProvider: "3.1.1", kubeconfig: "kubeconfig", writesKubeconfig: true, chartFolder: "charts" };

function platform(change: (draft: Draft) => void = () => {}): Platform {
  return Platform.of(changed("onprem", change), {
    ownImages: { "start-page": "0123456789ab", callhome: "0123456789ab" },
  });
}

function machines(change?: (draft: Draft) => void, program?: string): Synthesized {
  const made = platform(change);
  return Synthesized.of(
    () => new MachinesStack(new App(), made, program === undefined ? setting : { ...setting, program }),
  );
}

const digestOf = (made: Platform, name: string) => {
  const machine = made.machines.all.find((one) => one.name === name);
  return machine && programDigest(documentOf(made, machine));
};

test("only an environment with machines that exist already wants a stack of them", () => {
  expect(MachinesStack.wants(platform())).toBe(true);
  expect(
    MachinesStack.wants(
      Platform.of(
        changed("aws", () => {}),
        { ownImages: { "start-page": "0", callhome: "0" } },
      ),
    ),
  ).toBe(false);
});

test("every machine is there under its own name", () => {
  expect(machines().addresses).toEqual(
    platform()
      .machines.all.map(({ name }) => `terraform_data.${name}`)
      .sort(),
  );
});

test("a machine is applied by the project's own command, which is told what was planned", () => {
  const { provisioner, triggers_replace } = machines().at("terraform_data.gitlab");
  const digest = digestOf(platform(), "gitlab");

  expect(triggers_replace).toBe(digest);
  expect(provisioner).toEqual([
    {
      "local-exec": {
        command: `npm run --silent machines -- apply --env onprem --machine gitlab --planned ${digest}`,
      },
    },
  ]);
});

test("the command names the program's folder where the output lies outside of it", () => {
  const [{ "local-exec": local }] = machines(undefined, "/srv/bastide").at("terraform_data.gitlab").provisioner;

  expect(local.command).toMatch(/^npm --prefix \/srv\/bastide run --silent machines -- apply /);
});

test("a plan shows which file of a machine changes, and touches no machine that does not", () => {
  const before = machines();
  const after = machines((draft) => (draft.services.front.statisticsPort = 8500));
  const input = (stack: Synthesized, name: string) => stack.at(`terraform_data.${name}`).input;
  const differing = Object.keys(input(before, "lb-1")).filter(
    (part) => input(before, "lb-1")[part] !== input(after, "lb-1")[part],
  );

  expect(differing.sort()).toEqual([
    "/etc/haproxy/haproxy.cfg",
    "/etc/keepalived/keepalived.conf",
    "/etc/nftables.conf",
    "commands",
  ]);
  expect(after.at("terraform_data.gitlab")).toEqual(before.at("terraform_data.gitlab"));
});

test("neither contents nor keys stand in it", () => {
  const text = JSON.stringify(machines((draft) => (draft.machines.gitlab.ssh = { keyFile: "/keys/canary-key" })).json);

  expect(text).not.toContain("canary-key");
  expect(text).not.toContain("hook input");
});

test("machines of one role are changed one after the other", () => {
  const stack = machines();

  expect(stack.at("terraform_data.lb-1")).not.toHaveProperty("depends_on");
  expect(stack.at("terraform_data.lb-2").depends_on).toEqual(["terraform_data.lb-1"]);
});

test("a renamed machine is moved", () => {
  const stack = machines((draft) => {
    draft.machines.forge = { ...draft.machines.gitlab, formerly: "gitlab" };
    delete draft.machines.gitlab;
  });

  expect(stack.moved).toEqual([{ from: "terraform_data.gitlab", to: "terraform_data.forge" }]);
});
