import type { Draft } from "../../support/environments";
import { tier } from "../../support/require";
import { document, fileOf } from "./support/documents";
import { judged, lacking } from "./support/programs";

const CONFIGURATION = "/etc/haproxy/haproxy.cfg";
const web = (draft: Draft) =>
  (draft.services.front.ingress = {
    mode: "http",
    certificate: { chain: "front-tls", key: "front-tls" },
    deny: { log4shell: { in: "headers", matching: "[$][{].*(jndi|:-)" }, admin: { in: "url", matching: "^/admin" } },
  });
const configuration = (change?: (draft: Draft) => void, name = "lb-1") => fileOf(document(name, change), CONFIGURATION);

/** The lines of a section. */
function section(text: string, name: string): string[] {
  const lines = text.split("\n");
  const start = lines.indexOf(name);
  if (start < 0) throw new Error(`no section ${name}`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith(" "));
  return lines.slice(start + 1, end).map((line) => line.trim());
}

describe("a load balancer", () => {
  test("gives the API server and the registration of nodes to the cluster's servers", () => {
    const text = configuration();
    expect(section(text, "frontend kubernetes-api")).toContain("bind :6443");
    expect(section(text, "backend kubernetes-api").filter((line) => line.startsWith("server "))).toEqual([
      "server rke2-1 10.10.0.11:6443",
      "server rke2-2 10.10.0.12:6443",
      "server rke2-3 10.10.0.13:6443",
    ]);
    expect(section(text, "backend rke2-registration")).toContain("server rke2-1 10.10.0.11:9345");
  });

  test("gives them to some of the servers where those are named", () => {
    const text = configuration((draft) => (draft.services.front.servers = ["rke2-2"]));
    expect(section(text, "backend kubernetes-api").filter((line) => line.startsWith("server "))).toEqual([
      "server rke2-2 10.10.0.12:6443",
    ]);
  });

  test("lets watches stay open for hours without a byte", () => {
    const text = configuration();
    for (const timeout of ["client", "server", "tunnel"])
      expect(section(text, "defaults")).toContain(`timeout ${timeout} 2h`);
  });

  test("sends the client's address in front of a connection where the ingress controllers expect it", () => {
    expect(section(configuration(), "backend https")).toContain("server node-1 10.10.0.21:443 send-proxy-v2");
    const plain = configuration(
      (draft) => (draft.services.front.ingress = { mode: "tcp", clientAddress: "not-needed" }),
    );
    expect(section(plain, "backend https")).toContain("server node-1 10.10.0.21:443");
  });

  test("gives its statistics and metrics on its own address alone", () => {
    expect(section(configuration(), "frontend statistics")).toContain("bind 10.10.1.11:8404");
    expect(section(configuration(undefined, "lb-2"), "frontend statistics")).toContain("bind 10.10.1.12:8404");
  });

  test("is the same on both machines of a pair, but for its own address", () => {
    expect(configuration(undefined, "lb-2").replaceAll("10.10.1.12", "10.10.1.11")).toBe(configuration());
  });

  test("takes a change by a reload, of configuration and certificate", () => {
    const { units, files } = document("lb-1", web);
    expect(units.find(({ name }) => name === "haproxy.service")).toMatchObject({
      onChange: "reload",
      watches: ["/etc/haproxy/certificate.pem", CONFIGURATION],
    });
    expect(files.find(({ path }) => path === "/etc/haproxy/certificate.pem")).toMatchObject({
      mode: "0600",
      content: "@{front-tls/tls.crt}\n@{front-tls/tls.key}\n",
      secretRefs: [
        { secret: "front-tls", key: "tls.crt" },
        { secret: "front-tls", key: "tls.key" },
      ],
    });
  });
});

describe("a load balancer that reads requests", () => {
  const lines = section(configuration(web), "frontend web");

  test("refuses what a rule matches, as it was sent and with its escapes undone, and says by which rule", () => {
    expect(lines.filter((line) => line.includes("log4shell"))).toEqual([
      "acl deny-log4shell req.hdrs -m reg -i -- '[$][{].*(jndi|:-)'",
      "acl deny-log4shell req.hdrs,url_dec -m reg -i -- '[$][{].*(jndi|:-)'",
      "http-request set-var(txn.denied) str(log4shell) if deny-log4shell",
      "http-request deny deny_status 403 if deny-log4shell",
    ]);
    expect(lines.find((line) => line.startsWith("log-format"))).toContain("denied=%[var(txn.denied)]");
  });

  test("refuses before it redirects or passes on", () => {
    const order = lines
      .filter((line) => /deny_status|redirect|default_backend/.test(line))
      .map((line) => line.split(" ").slice(0, 2).join(" "));
    expect(order).toEqual(["http-request deny", "http-request deny", "http-request redirect", "default_backend web"]);
  });

  test("tells who the client is, and believes nobody who writes that himself", () => {
    expect(lines).toContain("http-request set-header X-Forwarded-For %[src]");
  });

  test("passes requests on over TLS that it verifies", () => {
    expect(section(`${configuration(web)}\n`, "backend web")).toContain(
      "server node-1 10.10.0.21:443 ssl verify required ca-file /etc/ssl/certs/ca-certificates.crt sni req.hdr(host),field(1,:)",
    );
  });
});

describe("a pair", () => {
  const settings = (name: string) => fileOf(document(name), "/etc/keepalived/keepalived.conf");

  test("shares an address that goes to whose HAProxy answers", () => {
    expect(settings("lb-1")).toContain("10.10.1.10/32 dev eth0");
    expect(settings("lb-1")).toContain("http://10.10.1.11:8404/metrics");
    expect(settings("lb-1")).toMatch(/track_script \{\n\s+haproxy_answers/);
  });

  test("holds it by the interface that each machine has, where those differ", () => {
    const devices = (name: string) => {
      const named = (draft: Draft) => (draft.services.front.virtualAddress.interface = ["eno1", "ens18"]);
      const text = fileOf(document(name, named), "/etc/keepalived/keepalived.conf");
      return [...text.matchAll(/(?:interface|dev) (\S+)$/gm)].map(([, device]) => device);
    };
    expect([devices("lb-1"), devices("lb-2")]).toEqual([
      ["eno1", "eno1"],
      ["ens18", "ens18"],
    ]);
  });

  test("speaks to each other alone, and the firewall lets only the other in", () => {
    expect(settings("lb-1")).toMatch(/unicast_src_ip 10\.10\.1\.11\n\s+unicast_peer \{\n\s+10\.10\.1\.12\n/);
    expect(settings("lb-2")).toMatch(/unicast_src_ip 10\.10\.1\.12\n\s+unicast_peer \{\n\s+10\.10\.1\.11\n/);
    expect(fileOf(document("lb-1"), "/etc/nftables.conf")).toContain(
      'ip saddr { 10.10.1.12/32 } ip protocol 112 accept comment "the other load balancer"',
    );
  });

  test("does not take the address back from one that works", () => {
    expect(settings("lb-1")).toMatch(/state BACKUP\n\s+nopreempt/);
    expect([settings("lb-1"), settings("lb-2")].map((text) => /priority (\d+)/.exec(text)?.[1])).toEqual([
      "150",
      "149",
    ]);
  });

  test("has no keepalived where there is no virtual address", () => {
    const { packages } = document("lb-1", (draft) => delete draft.services.front.virtualAddress);
    expect(packages).not.toContain("keepalived");
  });
});

tier("machines", lacking("haproxy", "openssl"))("haproxy", () => {
  // Users and folders of the package may not be there; their names are no part of the question.
  const readable = (text: string) =>
    text
      .replaceAll(/^ {4}(user|group|chroot|stats socket) .*\n/gm, "")
      .replaceAll("/etc/haproxy/certificate.pem", "pem");
  const check = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout key -out crt 2>/dev/null &&
    cat crt key >pem && haproxy -c -f "$candidate"`;

  it.each<[string, ((draft: Draft) => void) | undefined]>([
    ["connections that are passed on", undefined],
    ["requests that are looked at", web],
  ])("takes the configuration of %s, without a warning", (_title, change) => {
    expect(judged(check, readable(configuration(change)))).toEqual({
      status: 0,
      said: "Configuration file is valid\n",
    });
  });
});

tier("machines", lacking("haproxy", "openssl"))("a renewed certificate", () => {
  const { validate = "" } = document("lb-1", web).files.find(({ path }) => path.endsWith("certificate.pem")) ?? {};
  const made = (name: string) =>
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout ${name}.key -out ${name}.crt 2>/dev/null`;

  it("takes its place where its key is its own", () => {
    const check = `${made("one")} && cat one.crt one.key >"$candidate" && ${validate}`;
    expect(judged(check, "").status).toBe(0);
  });

  it("fails, and stays out, with another's key", () => {
    const check = `${made("one")} && ${made("two")} && cat one.crt two.key >"$candidate" && ${validate}`;
    const { status, said } = judged(check, "");
    expect(status).not.toBe(0);
    expect(said).toContain("inconsistencies between private key and certificate loaded");
  });
});

tier("machines", lacking("keepalived", "unshare", "ip"))("keepalived", () => {
  it("takes the settings of both machines of a pair", () => {
    for (const name of ["lb-1", "lb-2"]) {
      const settings = fileOf(document(name), "/etc/keepalived/keepalived.conf");
      // In a network of its own, in which there is an eth0.
      const check = `unshare --map-root-user --net sh -c 'ip link add eth0 type veth peer name other &&
        keepalived --config-test --use-file "$candidate"'`;
      expect(judged(check, settings)).toEqual({ status: 0, said: "" });
    }
  });
});

tier("machines", lacking("dpkg"))("a load balancer's HAProxy", () => {
  const isNewEnough = (version: string) => {
    const [command] = document("lb-1").commands.filter(({ purpose }) => purpose.startsWith("have an HAProxy"));
    const test = `. "$candidate"\n${command?.unless}`;
    const query = `echo "printf '%s' '${version}'" >dpkg-query && chmod 0755 dpkg-query && PATH=$PWD:$PATH\n`;
    return judged(test, query).status === 0;
  };

  test.each([
    ["Debian 12's", "2.6.12-1+deb12u2", true],
    ["Ubuntu 24.04's", "2.8.5-1ubuntu3.3", true],
    ["Ubuntu 22.04's, whose master counts no failed reload", "2.4.24-0ubuntu0.22.04.1", false],
    ["Debian 11's", "2.2.9-2+deb11u6", false],
    ["one that is not there yet", "", true],
  ])("tells how a reload ended: %s", (_, version, told) => expect(isNewEnough(version)).toBe(told));
});
