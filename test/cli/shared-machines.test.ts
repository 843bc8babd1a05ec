import type { Named } from "../../cli/environment-list";
import { sharedMachines } from "../../cli/shared-machines";

const host = (address: string, hostKey?: string) => {
  return { provider: "existing", role: "plain", address, cpus: 2, memory: "2Gi", ssh: { hostKey } };
};
const environment = (name: string, machines: unknown) => ({ name, machines }) as unknown as Named;
const site = environment("site", { one: host("10.10.0.11"), two: host("10.10.0.12", "ssh-ed25519 AAAA") });
const refusals = (machines: unknown) =>
  sharedMachines(environment("lab", machines), [site]).map(({ message }) => message);

describe("machines of two environments", () => {
  test("are each in one of them", () => expect(refusals({ one: host("10.10.0.13") })).toEqual([]));

  test("fail by the address of one that was described before, whatever it is called", () =>
    expect(refusals({ other: host("10.10.0.11", "ssh-ed25519 BBBB"), two: host("10.10.0.13") })).toEqual([
      'lab: 1 problem\n  lab.machines.other.address is "10.10.0.11", but machine one of environment site has this address, and each would take away what the other put there: describe it in one of them, or, where they are two, write down ssh.hostKey of both',
    ]));

  test("may have one address where they are two by their keys, in two networks", () =>
    expect(refusals({ two: host("10.10.0.12", "ssh-ed25519 BBBB") })).toEqual([]));

  test.each([undefined, null, "x", { one: {} }, { one: host("x") }])(
    "are not looked at where they are wrong: %j",
    (machines) => expect(refusals(machines)).toEqual([]),
  );

  test("are not read where they are computed", () => {
    const computed = {
      get one(): string {
        throw new Error("read");
      },
    };
    expect(refusals(computed)).toEqual([]);
  });
});
