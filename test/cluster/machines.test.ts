import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { documentOf, renderCloudInit } from "../../constructs/machine-roles";
import { tier } from "../support/require";
import { missing, type Testbed } from "../testbed";
import type { Machine } from "../testbed/machines/machine";
import { siteFiles } from "../testbed/machines/site";
import { eventually } from "./support/eventually";
import { backends, deployedEnvironment, type LabProps, labEnvironment } from "./support/lab/environment";
import { fingerprint, settled } from "./support/lab/fingerprint";
import { Lab } from "./support/lab/lab";
import { furnishStore } from "./support/lab/store";
import type { StoreProps } from "./support/lab/store-environment";
import { startOwnTestbed } from "./support/own-testbed";

const lacking = missing(3).filter(({ neededBy }) => neededBy === "testbed");

tier("machines", lacking)("roles on real machines", () => {
  let testbed: Testbed;
  let lab: Lab;
  let byHand: Machine;
  let byCloudInit: Machine;
  let plain: Machine;
  let props: LabProps;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 3, cluster: false });
    lab = new Lab(testbed);
    ({ "lb-1": byHand, "plain-1": plain } = await testbed.machines({ names: ["lb-1", "plain-1"] }));
    const keyFile = siteFiles(testbed.folder).key;
    const machines = { "lb-1": byHand, "plain-1": plain, "lb-2": { address: "10.77.0.13" } as const };
    props = { machines, keyFile };
    lab.describe(labEnvironment(props));
    await lab.startBackends();
  });
  afterAll(() => testbed?.stop());

  const url = (machine: Machine) => `http://${machine.address}/`;
  const tls = (machine: Machine) => `https://${machine.address}/`;
  const untilListening = (port: number) =>
    eventually(async () => expect(await byHand.console("ss", "-tln")).toMatch(new RegExp(`:${port}\\s`)));

  describe("applied over SSH", () => {
    it("plans first, and changes nothing by it", async () => {
      const before = await settled(byHand);
      const { stdout } = await lab.run("plan", ["lb-1"]);
      expect(stdout).toContain("lb-1: package haproxy: to be installed\n");
      expect(stdout).toContain("lb-1: file /etc/haproxy/haproxy.cfg: new\n");
      expect(await fingerprint(byHand)).toEqual(before);
    });

    it("passes bytes on to both servers, whole", async () => {
      await lab.run("apply", ["lb-1"]);
      const body = join(testbed.folder, "body");
      writeFileSync(body, Buffer.alloc(3_000_000, "some bytes"));
      const sha256 = createHash("sha256").update(Buffer.alloc(3_000_000, "some bytes")).digest("hex");
      const servers = new Set<string>();
      // One that was slow to answer HAProxy's first questions is asked nothing else for a moment.
      for (const server of Object.keys(backends)) await lab.untilServerIs("UP", server, byHand);
      for (const end = Date.now() + 300_000; servers.size < 2 && Date.now() < end; ) {
        const answer = await lab.get(tls(byHand), "--include", "--data-binary", `@${body}`);
        expect(answer).toContain(sha256);
        servers.add(/x-served-by: (\S+)/.exec(answer)?.[1] ?? "");
      }
      expect([...servers].sort()).toEqual(Object.keys(backends));
    });

    it("changes nothing when it is applied again: no write, no restart, no reload, and one sign-in", async () => {
      const signIns = async () => {
        // What was said before is written down when this returns.
        await byHand.console("journalctl", "--sync");
        return (await byHand.console("journalctl", "--unit=ssh", "--output=cat")).split("Accepted publickey").length;
      };
      const [before, signedIn] = [await settled(byHand), await signIns()];
      const { stdout } = await lab.run("apply", ["lb-1"]);
      expect(stdout).toBe("lb-1: nothing to do\n");
      expect(await fingerprint(byHand)).toEqual(before);
      expect(await signIns()).toBe(signedIn + 1);
    });

    it("closes every port that the role does not open, whatever listens there", async () => {
      const stray = [111, 631, 3306, 8000, 50_000];
      const servers = stray.map((port) => `python3 -m http.server ${port} >/dev/null 2>&1 &`).join(" ");
      await byHand.console("systemd-run", "--unit=stray", "sh", "-c", `${servers} wait`);
      for (const port of stray) await untilListening(port);
      const ports = [...new Set([...Array(1024).keys(), ...stray, 8404, 9090, 9100, 10_250])].filter(
        (port) => port > 0,
      );
      expect(await lab.openPorts(byHand.address, ports)).toEqual([22, 80, 443, 8404, 9100]);
      await byHand.console("systemctl", "stop", "stray");
    });

    it("serves metrics of the machine and of HAProxy to the environment's network", async () => {
      expect(await lab.get(`http://${byHand.address}:9100/metrics`)).toMatch(/^node_uname_info\{.*nodename="lb-1"/m);
      expect(await lab.get(`http://${byHand.address}:8404/metrics`)).toMatch(
        /^haproxy_server_status\{.*server="web-1"/m,
      );
    });

    it("loses no more than the connections that a server behind it ends with, and uses it again when it is back", async () => {
      let [killed, gone, down] = [Number.POSITIVE_INFINITY, 0, 0];
      const without = await lab.underLoad(url(byHand), async () => {
        killed = Date.now();
        await lab.stopBackend("web-2");
        gone = Date.now();
        await lab.untilServerIs("DOWN", "web-2", byHand);
        down = Date.now();
      });
      // Passed on as it is, a connection that the server had taken cannot be repeated by anybody but the client; one that it cannot take any more goes to the other.
      expect(without.failures).toHaveLength(without.failed);
      expect(without.failures.filter(({ begun, ended }) => ended < killed || begun >= down)).toEqual([]);
      // HAProxy ends what it is about to connect in the moment in which it marks a server as down; this client asks one after the other.
      expect(without.failures.filter(({ begun }) => begun >= gone).length).toBeLessThanOrEqual(1);
      // It was ended; it did not hang, and nobody else answered for the server.
      for (const { why } of without.failures) expect(why).not.toMatch(/^(no answer|status)/);
      lab.startBackend("web-2");
      await lab.untilServerIs("UP", "web-2", byHand);
      const again = await lab.underLoad(url(byHand), () => sleep(500));
      expect(again).toMatchObject({
        failed: 0,
        servedBy: { "web-1": expect.any(Number), "web-2": expect.any(Number) },
      });
    });

    it("reloads for a change without losing a request, not even one that takes long", async () => {
      const before = await byHand.console("systemctl", "show", "haproxy", "-P", "ExecMainStartTimestampMonotonic");
      const long = lab.get(`${url(byHand)}slow`);
      const result = await lab.underLoad(url(byHand), async () => {
        lab.describe(labEnvironment({ ...props, statisticsPort: 8405 }));
        await lab.run("apply", ["lb-1"]);
      });
      expect(result).toMatchObject({ failed: 0, failures: [] });
      expect(await long).toBe(".".repeat(30));
      expect(await lab.get(`http://${byHand.address}:8405/metrics`)).toContain("haproxy_process_start_time_seconds");
      expect(await lab.openPorts(byHand.address, [8404, 8405])).toEqual([8405]);
      expect(await byHand.console("systemctl", "show", "haproxy", "-P", "ExecMainStartTimestampMonotonic")).toBe(
        before,
      );
    });

    it("goes on with what it had where HAProxy does not take a change, says why, and tries again until it does", async () => {
      await byHand.console("systemd-run", "--unit=taker", "python3", "-m", "http.server", "8407");
      await untilListening(8407);
      lab.describe(labEnvironment({ ...props, statisticsPort: 8407 }));

      const { stderr } = await lab.run("apply", ["lb-1"], [1]);
      expect(stderr).toContain("lb-1: haproxy.service does not take /etc/haproxy/haproxy.cfg, and goes on with what");
      expect(stderr).toContain(`cannot bind socket (Address already in use) for [${byHand.address}:8407]`);
      expect(await lab.get(url(byHand))).toContain('"sha256"');
      expect((await lab.run("drift", ["lb-1"], [1])).stdout).toContain(
        "lb-1: unit haproxy.service: goes on with what it had before, by hand or by a fault\n",
      );

      await byHand.console("systemctl", "stop", "taker");
      await lab.run("apply", ["lb-1"]);
      expect(await lab.get(`http://${byHand.address}:8407/metrics`)).toContain("haproxy_process_start_time_seconds");
      expect((await lab.run("apply", ["lb-1"])).stdout).toBe("lb-1: nothing to do\n");
    });

    it("finds what was changed by hand, and undoes it", async () => {
      expect((await lab.run("drift", ["lb-1"])).stdout).toBe("lb-1: nothing was changed by hand\n");
      await byHand.console(
        "sh",
        "-c",
        "echo '# try' >>/etc/haproxy/haproxy.cfg; systemctl stop prometheus-node-exporter",
      );
      const drift = await lab.run("drift", ["lb-1"], [1]);
      expect(drift.stdout).toContain("lb-1: file /etc/haproxy/haproxy.cfg: changed by hand\n");
      expect(drift.stdout).toContain(
        "lb-1: unit prometheus-node-exporter.service: not running, by hand or by a fault\n",
      );
      await lab.run("apply", ["lb-1"]);
      expect(await byHand.console("tail", "-n", "1", "/etc/haproxy/haproxy.cfg")).not.toContain("# try");
      expect((await lab.run("drift", ["lb-1"])).stdout).toBe("lb-1: nothing was changed by hand\n");
    });

    it("comes back after a reboot as it was, its firewall included", async () => {
      await byHand.reboot();
      // Looking tries everything once, and what was just started may need a moment.
      await eventually(async () => expect((await lab.run("plan", ["lb-1"])).stdout).toBe("lb-1: nothing to do\n"));
      expect(await lab.get(url(byHand))).toContain('"sha256"');
      await byHand.console("systemd-run", "--unit=stray", "python3", "-m", "http.server", "8000");
      await untilListening(8000);
      expect(await lab.openPorts(byHand.address, [22, 80, 443, 8000, 8407, 9100])).toEqual([22, 80, 443, 8407, 9100]);
    });
  });

  it("finishes what a loss of power interrupted in the middle of an installation", async () => {
    // Once packages are unpacked dpkg stands still, before any of them is configured; the next time it finds the file and goes on.
    const reached = "/var/tmp/unpacked";
    const hook = `[ "$DPKG_HOOK_ACTION" != unpack ] || [ -e ${reached} ] || { touch ${reached}; sleep infinity; }`;
    await plain.write("/etc/dpkg/dpkg.cfg.d/stand-still", `post-invoke=${hook}\n`);
    const interrupted = lab.run("apply", ["plain-1"], [3]);
    await Promise.race([eventually(() => plain.console("test", "-e", reached)), interrupted]);
    expect(await plain.console("dpkg", "--audit")).toContain("not yet configured");
    await plain.unplug();
    expect((await interrupted).stderr).toContain("plain-1 could not be worked on");
    await plain.plugIn();
    expect((await lab.run("apply", ["plain-1"])).stdout).toMatch(/^plain-1: \d+ changed$/m);
    expect((await lab.run("apply", ["plain-1"])).stdout).toBe("plain-1: nothing to do\n");
    expect(await lab.get(`http://${plain.address}:9100/metrics`)).toContain('nodename="plain-1"');
    expect(await plain.console("dpkg", "--audit")).toBe("");
  });

  it("brings a machine to the same state by cloud-init as over SSH", async () => {
    const platform = lab.platform();
    const machine = platform.machines.all.find(({ name }) => name === "lb-2");
    if (machine === undefined) throw new Error("there is no lb-2");
    const userData = { "lb-2": renderCloudInit(documentOf(platform, machine)) };
    ({ "lb-2": byCloudInit } = await testbed.machines({ names: ["lb-2"], userData }));
    expect(await byCloudInit.console("sh", "/var/lib/bastide/role.sh", "plan")).toBe("lb-2: nothing to do\n");
    expect(await lab.get(url(byCloudInit))).toContain('"sha256"');
    const files = ["/etc/haproxy/haproxy.cfg", "/etc/nftables.conf"];
    const [one, two] = await Promise.all([byHand, byCloudInit].map((each) => each.console("cat", ...files)));
    expect(two).toBe(one?.replaceAll(byHand.address, byCloudInit.address));
  });

  describe("people", () => {
    let keys: Record<"ada" | "bob", string>;

    beforeAll(async () => {
      keys = { ada: await lab.makeKey("ada"), bob: await lab.makeKey("bob") };
      lab.describe(labEnvironment({ ...props, people: { ada: admin(keys.ada), bob: user(keys.bob) } }));
      await lab.run("apply", ["lb-1"]);
    });

    const person = (key: string) => ({ name: "Somebody", keys: [readFileSync(`${key}.pub`, "utf8").trim()] });
    const admin = (key: string) => ({ ...person(key), machines: "admin" as const });
    const user = (key: string) => ({ ...person(key), machines: "user" as const });
    const as = (name: keyof typeof keys, command: string) => byHand.ssh(command, { user: name, key: keys[name] });

    it("sign in with their own key; administrators may become root and others may not", async () => {
      expect(await as("ada", "id -un; sudo -n id -un")).toBe("ada\nroot\n");
      expect(await as("bob", "id -un")).toBe("bob\n");
      await expect(as("bob", "sudo -n id -un")).rejects.toThrow("a password is required");
    });

    it("are refused with somebody else's key, and with none", async () => {
      const refused = "Permission denied (publickey)";
      await expect(byHand.ssh("true", { user: "ada", key: keys.bob })).rejects.toThrow(refused);
      await expect(byHand.ssh("true", { user: "root" })).rejects.toThrow(refused);
    });

    it("who are taken out of the environment are out: at once, for good, and their files stay", async () => {
      const session = as("bob", "touch kept; exec sleep 600").then(
        () => "ended by itself",
        () => "ended for them",
      );
      await eventually(() => byHand.console("pgrep", "-u", "bob", "-x", "sleep"));
      lab.describe(labEnvironment({ ...props, people: { ada: admin(keys.ada) } }));
      expect((await lab.run("apply", ["lb-1"])).stdout).toContain(
        "lb-1: command: to lock out whoever is no longer listed\n",
      );
      expect(await session).toBe("ended for them");
      await expect(as("bob", "true")).rejects.toThrow("failed");
      expect(await byHand.console("ls", "/home/bob")).toBe("kept\n");
      expect(await as("ada", "id -un")).toBe("ada\n");
    });

    it("who are administrators no more become root no more, and stay", async () => {
      lab.describe(labEnvironment({ ...props, people: { ada: user(keys.ada) } }));
      await lab.run("apply", ["lb-1"]);
      expect(await as("ada", "id -un")).toBe("ada\n");
      await expect(as("ada", "sudo -n id -un")).rejects.toThrow("a password is required");
    });
  });

  describe("by cdktf deploy 'lab-machines'", () => {
    const deploy = () => lab.workplace.cdktf("deploy", "lab-machines", "--auto-approve");
    let store: StoreProps;

    beforeAll(async () => {
      store = await furnishStore(lab, (await testbed.machines({ names: ["s3-1"] }))["s3-1"]);
    });

    it("brings machines to what the environment says: base, load balancer and S3 store", async () => {
      lab.describe(deployedEnvironment(props, store));
      await deploy();
      expect(await lab.get(`${url(byHand)}metrics`)).toContain('nodename="plain-1"');
      const { file } = await lab.authority();
      const alive = `https://${store.machine.address}:9000/minio/health/live`;
      expect(await lab.get(alive, "--cacert", file, "--write-out", "%{http_code}")).toBe("200");
    });

    it("plans nothing afterwards, and one machine for a change of one", async () => {
      expect((await lab.workplace.plan("lab-machines")).changes).toEqual({});
      lab.describe(deployedEnvironment({ ...props, statisticsPort: 8406 }, store));
      await lab.workplace.synth();
      expect((await lab.workplace.plan("lab-machines")).changes).toEqual({ replace: ["terraform_data.lb-1"] });
    });

    it("deploys the change, and keeps no key in its state", async () => {
      await deploy();
      expect(await lab.openPorts(byHand.address, [8405, 8406, 8407])).toEqual([8406]);
      const state = readFileSync(join(testbed.folder, "state", "lab", "lab-machines.tfstate"), "utf8");
      expect(state).toContain("/etc/haproxy/haproxy.cfg");
      expect(state).toContain("/etc/default/minio");
      for (const told of [props.keyFile, "PRIVATE KEY", "kubernetes", "canary"]) expect(state).not.toContain(told);
    });
  });
});
