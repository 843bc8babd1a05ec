import { setTimeout as sleep } from "node:timers/promises";
import { tier } from "../support/require";
import { missing, type Testbed } from "../testbed";
import type { Machine } from "../testbed/machines/machine";
import { siteFiles } from "../testbed/machines/site";
import { eventually } from "./support/eventually";
import { applicationHost, pairEnvironment, virtualAddress } from "./support/lab/environment";
import { Lab } from "./support/lab/lab";
import { startOwnTestbed } from "./support/own-testbed";

const lacking = missing(3).filter(({ neededBy }) => neededBy === "testbed");

tier("machines", lacking)("a pair of load balancers that looks at requests", () => {
  let testbed: Testbed;
  let lab: Lab;
  let pair: Record<"lb-1" | "lb-2", Machine>;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 3, cluster: false });
    lab = new Lab(testbed);
    const [authority, machines] = [await lab.authority(), await testbed.machines({ names: ["lb-1", "lb-2"] })];
    pair = machines;
    const { certificate, key } = await authority.issue(applicationHost);
    for (const machine of Object.values(pair)) {
      await lab.placeSecret(machine, "front-tls", { "tls.crt": certificate, "tls.key": key });
    }
    lab.describe(pairEnvironment({ machines, keyFile: siteFiles(testbed.folder).key, authority: authority.pem }));
    await lab.startBackends();
    await lab.run("apply", ["lb-1", "lb-2"]);
  });
  afterAll(() => testbed?.stop());

  /** Asks for the application at an address, and believes the laboratory's authority alone. */
  const ask = async (at: string, path: string, ...options: string[]): Promise<string> => {
    const { file } = await lab.authority();
    const resolve = ["--resolve", `${applicationHost}:443:${at}`, "--resolve", `${applicationHost}:80:${at}`];
    const curl = ["curl", "--silent", "--show-error", "--max-time", "60", "--cacert", file, ...resolve, ...options];
    return testbed.besideMachines([...curl, `https://${applicationHost}${path}`]);
  };
  const log = (machine: Machine) => machine.console("journalctl", "--unit=haproxy", "--no-pager", "--output=cat");
  const holders = async (): Promise<string[]> => {
    const having: string[] = [];
    for (const machine of Object.values(pair)) {
      const addresses = await machine.console("ip", "-brief", "address", "show", "host0").catch(() => "");
      if (addresses.includes(` ${virtualAddress}/`)) having.push(machine.name);
    }
    return having;
  };

  it("changes nothing when it is applied again", async () => {
    expect((await lab.run("apply", ["lb-1", "lb-2"])).stdout).toMatch(
      /^lb-1: nothing to do\nlb-2: nothing to do\n\nmachine /,
    );
  });

  it("ends TLS with its own certificate, tells the server behind who asked, and logs it", async () => {
    const spoofed = ["--header", "X-Forwarded-For: 192.0.2.1"];
    const { headers } = JSON.parse(await ask(pair["lb-1"].address, "/seen?by=everybody", ...spoofed));
    expect(headers).toMatchObject({ "x-forwarded-for": "10.77.0.1", "x-forwarded-proto": "https" });
    await eventually(async () => {
      const line = /client=10\.77\.0\.1 .* status=200 .* request="GET https:\/\/app\.lab\.example\/seen\?by=everybody/;
      expect(await log(pair["lb-1"])).toMatch(line);
    });
  });

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is what attackers send
  it.each([
    ["as it is", "${jndi:ldap://192.0.2.1/a}"],
    ["in other letters", "${JnDi:ldap://192.0.2.1/b}"],
    ["escaped", "%24%7Bjndi%3Aldap%3A%2F%2F192.0.2.1%2Fc%7D"],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: until here
  ])("denies a request that a rule is against, and logs which: %s", async (_, sent) => {
    const status = ["--output", "/dev/null", "--write-out", "%{http_code}", "--header", `User-Agent: ${sent}`];
    const path = `/denied-${sent.length}-${sent.charCodeAt(2)}`;
    expect(await ask(pair["lb-1"].address, path, ...status)).toBe("403");
    await eventually(async () => {
      expect(await log(pair["lb-1"])).toMatch(
        new RegExp(`status=403 .* denied=log4shell-headers request="GET .*${path}`),
      );
    });
  });

  it("answers everybody while a server behind it ends, and uses it again when it is back", async () => {
    const url = `https://${pair["lb-1"].address}/`;
    const without = await lab.underLoad(
      url,
      async () => {
        await lab.stopBackend("web-2");
        await lab.untilServerIs("DOWN", "web-2", pair["lb-1"]);
      },
      { host: applicationHost },
    );
    expect(without).toMatchObject({ failed: 0, failures: [] });
    lab.startBackend("web-2");
    await lab.untilServerIs("UP", "web-2", pair["lb-1"]);
    const again = await lab.underLoad(url, () => sleep(500), { host: applicationHost });
    expect(again).toMatchObject({
      failed: 0,
      servedBy: { "web-1": expect.any(Number), "web-2": expect.any(Number) },
    });
  });

  it("gives the shared address to exactly one of the two", async () => {
    await eventually(async () => expect(await holders()).toHaveLength(1));
    expect(JSON.parse(await ask(virtualAddress, "/")).headers.host).toBe(applicationHost);
  });

  it("moves the address in seconds when its holder loses power, under load, and not back again", async () => {
    const [first = ""] = await holders();
    const holder = pair[first as keyof typeof pair];
    const url = `https://${virtualAddress}/`;
    const result = await lab.underLoad(
      url,
      async () => {
        // Long enough before and after that there is a load to speak of, however soon the address moves.
        await sleep(1000);
        await holder.unplug();
        await eventually(async () => expect(await holders()).toHaveLength(1));
        await ask(virtualAddress, "/");
        await sleep(2000);
      },
      // As long as a request waits for the one that lost power, the client cannot see that the other has taken over.
      { host: applicationHost, patience: 1000 },
    );
    expect(result.asked - result.failed).toBeGreaterThan(10);
    expect(result.longestGap).toBeLessThan(8000);
    const [second] = await holders();
    expect(second).not.toBe(first);
    await holder.plugIn();
    const back = await lab.underLoad(url, () => sleep(4000), { host: applicationHost });
    expect({ failed: back.failed, holders: await holders() }).toEqual({ failed: 0, holders: [second] });
  });

  it("moves the address when HAProxy ends while the machine runs on", async () => {
    const [first = ""] = await holders();
    await pair[first as keyof typeof pair].console("systemctl", "stop", "haproxy");
    await eventually(async () => {
      expect(await holders()).toEqual(Object.keys(pair).filter((name) => name !== first));
      await ask(virtualAddress, "/");
    });
  });
});
