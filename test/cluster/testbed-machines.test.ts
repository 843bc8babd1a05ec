import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tier } from "../support/require";
import { missing, startTestbed, type Testbed, takeDown } from "../testbed";
import { markedProcesses } from "../testbed/daemons";
import { testbedFolder } from "../testbed/folders";
import type { Machine } from "../testbed/machines/machine";
import { siteFiles } from "../testbed/machines/site";
import { readRecord } from "../testbed/record";
import { eventually } from "./support/eventually";
import { OWN_TESTBED, startOwnTestbed } from "./support/own-testbed";
import { traces } from "./support/traces";

// These tests start no cluster for deployments: machines stand beside it.
delete process.env.KUBECONFIG_TESTBED;

const lacking = missing(3).filter(({ neededBy }) => neededBy === "testbed");
const cli = ["--import", "tsx", join(__dirname, "../testbed/cli.ts")];

const userData = `#cloud-config
locale: C.UTF-8
write_files:
  - path: /srv/greeting
    content: written by cloud-init
runcmd:
  - [sh, -c, "systemd-run --unit=greeter python3 -m http.server --directory /srv 80"]
`;

tier("machines", lacking)("a testbed of level 3", () => {
  let testbed: Testbed;
  let before: string[];
  let hand: Machine;
  let cloud: Machine;

  beforeAll(async () => {
    await takeDown(OWN_TESTBED);
    before = traces(OWN_TESTBED);
    testbed = await startOwnTestbed({ level: 3 });
    ({ hand, cloud } = await testbed.machines({ names: ["hand", "cloud"], userData: { cloud: userData } }));
  });
  afterAll(() => testbed?.stop());

  const whenItWasBooted = (machine: Machine) => machine.console("stat", "-c", "%Y", "/proc/1");

  it("has machines on which systemd has started everything", async () => {
    for (const machine of [hand, cloud]) {
      expect(await machine.console("systemctl", "list-units", "--failed", "--plain", "--no-legend")).toBe("");
      expect(await machine.console("systemctl", "is-system-running")).toBe("running\n");
    }
  });

  it("lets its first user in over SSH, who may become root", async () => {
    expect(await hand.ssh("hostname; id -un; sudo -n id -un")).toBe("hand\ndebian\nroot\n");
  });

  it("fails to reach a machine that has another host key than the one that is known", async () => {
    const { config, knownHosts } = siteFiles(testbed.folder);
    const wrong = readFileSync(knownHosts, "utf8").replace(hand.hostKey, cloud.hostKey);
    const file = join(testbed.folder, "wrong_hosts");
    writeFileSync(file, wrong);
    const ssh = testbed.run(["ssh", "-F", config, "-o", `UserKnownHostsFile=${file}`, "hand", "true"]);
    await expect(ssh).rejects.toThrow("Host key verification failed.");
  });

  it("sets machines up by cloud-init, which neighbours and the test can use", async () => {
    const url = `http://${cloud.address}/greeting`;
    // What cloud-init started last listens a moment after it has ended.
    await eventually(async () => expect(await hand.ssh(`curl -sS --max-time 60 ${url}`)).toBe("written by cloud-init"));
    expect(await testbed.besideMachines(["curl", "-sS", "--max-time", "60", url])).toBe("written by cloud-init");
  });

  it("really installs a package that a machine does not have", async () => {
    await expect(hand.ssh("haproxy -v")).rejects.toThrow("haproxy: command not found");
    await hand.ssh("sudo apt-get -q update && sudo apt-get -q -y install haproxy");
    expect(await hand.console("systemctl", "is-active", "haproxy")).toBe("active\n");
    expect(await hand.ssh("/usr/sbin/haproxy -v")).toContain("HAProxy version 2.");
  });

  it("reboots a machine: what is enabled comes back, what was not written down is gone", async () => {
    const started = await whenItWasBooted(hand);
    await hand.console("sh", "-c", "touch /srv/kept && ip address add 10.77.0.99/24 dev host0");
    await hand.reboot();
    expect(await whenItWasBooted(hand)).not.toBe(started);
    expect(await hand.ssh("systemctl is-active haproxy; ls /srv/kept; ip -brief -4 address show host0")).toMatch(
      new RegExp(`^active\n/srv/kept\nhost0@\\S+ +UP +${hand.address}/24 *\n$`),
    );
  });

  it("takes a machine's power away at once, and gives it back", async () => {
    await hand.console("touch", "/srv/kept-too");
    await hand.unplug();
    await expect(testbed.besideMachines(["ping", "-c", "1", "-W", "1", hand.address])).rejects.toThrow("failed");
    await hand.plugIn();
    expect(await hand.ssh("ls /srv")).toBe("kept\nkept-too\npackages\n");
  });

  describe("beside another", () => {
    const name = `${OWN_TESTBED}-b`;
    let withOne: string[];
    let other: Testbed;

    beforeAll(async () => {
      withOne = traces(name);
      other = await startTestbed({ name, level: 3 });
    });
    afterAll(() => other?.stop());

    it("has its own machines at the same addresses", async () => {
      const { twin } = await other.machines({ names: ["twin"] });
      expect(twin.address).toBe(hand.address);
      expect([await twin.ssh("hostname"), await hand.ssh("hostname")]).toEqual(["twin\n", "hand\n"]);
    });

    it("leaves nothing of it when it is killed while machines boot, and then taken down", async () => {
      const boot = spawn(process.execPath, [...cli, "machines", "--name", name, "one", "two"], { stdio: "ignore" });
      const ended = new Promise((resolve) => boot.on("close", resolve));
      const boots = () => readRecord(name)?.processes.some((recorded) => recorded.name === "machine-two");
      for (const limit = Date.now() + 300_000; !boots() && Date.now() < limit; ) await sleep(20);
      boot.kill("SIGKILL");
      await ended;
      expect(boots()).toBe(true);
      await takeDown(name);
      expect(markedProcesses(name)).toEqual([]);
      await eventually(async () => expect(traces(name)).toEqual(withOne));
    });
  });

  it("leaves, after down, no process, mount, interface, rule, setting, control group or file", async () => {
    await testbed.stop();
    expect({ marked: markedProcesses(OWN_TESTBED), folder: existsSync(testbedFolder(OWN_TESTBED)) }).toEqual({
      marked: [],
      folder: false,
    });
    await eventually(async () => expect(traces(OWN_TESTBED)).toEqual(before));
  });
});
