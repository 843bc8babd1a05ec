import { readdirSync } from "node:fs";
import { join } from "node:path";
import { renderCloudInit, renderScript } from "../../../constructs/machine-roles";
import { programText } from "../../../constructs/machine-roles/program-text";
import { onprem } from "../../../environments/onprem";
import type { Draft } from "../../support/environments";
import { tier } from "../../support/require";
import { document, fileOf, withPeople } from "./support/documents";
import { judged, lacking } from "./support/programs";

/** Every rendered file is read by the program that will read it on the machine. */
const roles = ["lb-1", "harbor", "s3-1", "nfs-1", "rke2-1", "node-1", "gitlab"];
const well = { status: 0, said: "" };

test("machines of every role of the example are judged", () => {
  const used = new Set(Object.values(onprem.machines ?? {}).map(({ role }) => role));
  expect(roles).toHaveLength(used.size);
});

tier("machines", lacking("shellcheck"))("shellcheck", () => {
  it.each(roles)("finds nothing in the program of %s", (name) => {
    expect(judged('shellcheck --shell=sh "$candidate"', renderScript(document(name, withPeople)))).toEqual(well);
  });

  it.each(["bastide-harbor", "bastide-harbor-backup", "bastide-harbor-restore"])("finds nothing in %s", (name) => {
    const text = fileOf(document("harbor"), `/usr/local/sbin/${name}`);
    expect(judged('shellcheck "$candidate"', text)).toEqual(well);
  });

  it("finds something where a command is wrong", () => {
    const wrong = document("gitlab");
    const command = { purpose: "go", unless: "false", run: "cd $HOME" };
    expect(judged('shellcheck --shell=sh "$candidate"', renderScript({ ...wrong, commands: [command] })).status).toBe(
      1,
    );
  });
});

tier("machines", lacking("python3"))("python", () => {
  const folder = join(__dirname, "../../../constructs/machine-roles");
  const programs = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".py"));

  it("takes every program that runs on machines, without a warning", () => {
    expect(programs).toContain("harbor/harbor-registry.py");
    for (const program of programs) {
      expect({ program, ...judged('python3 -W error -m py_compile "$candidate"', programText(program)) }).toEqual({
        program,
        ...well,
      });
    }
  });
});

tier("machines", lacking("apt-get", "apt-cache"))("apt", () => {
  /** What it would install where these versions are offered, from wherever. */
  const chosenOf = (...offered: string[]) => {
    const packages = offered.map(
      (version) =>
        `Package: docker.io\nVersion: ${version}\nArchitecture: all\nMaintainer: x\nFilename: ./x\nSize: 1\nSHA256: ${"0".repeat(64)}\n`,
    );
    const test = `mkdir -p repo lists/partial cache/archives/partial empty && printf '${packages.join("\\n").replaceAll("\n", "\\n")}' >repo/Packages &&
      echo "deb [trusted=yes] file:$PWD/repo ./" >sources && : >status &&
      apt() { "$@" -q -o Dir::Etc::SourceList="$PWD/sources" -o Dir::Etc::SourceParts="$PWD/empty" -o Dir::State="$PWD" -o Dir::State::Lists="$PWD/lists" \
        -o Dir::State::status="$PWD/status" -o Dir::Cache="$PWD/cache" -o Dir::Etc::Preferences="$candidate" -o Dir::Etc::PreferencesParts="$PWD/empty" -o APT::Sandbox::User=; } &&
      apt apt-get update >log 2>&1 && apt apt-cache policy docker.io || cat log`;
    const { said } = judged(test, fileOf(document("harbor"), "/etc/apt/preferences.d/bastide-docker"));
    return /Candidate: (\S+)/.exec(said)?.[1] ?? said;
  };

  it("takes Docker's engine of a version that is known, with its patches, and no newer one", () => {
    expect(chosenOf("20.10.24+dfsg1-1+deb12u1", "28.5.1")).toBe("20.10.24+dfsg1-1+deb12u1");
    expect(chosenOf("26.1.5+dfsg1-9", "5:29.0.0")).toBe("26.1.5+dfsg1-9");
    expect(chosenOf("28.5.1")).toBe("(none)");
  });
});

tier("machines", lacking("cloud-init"))("cloud-init", () => {
  it.each(roles)("takes the user data of %s", (name) => {
    const { status, said } = judged('cloud-init schema -c "$candidate"', renderCloudInit(document(name, withPeople)));
    expect({ status, said }).toEqual({ status: 0, said: "Valid cloud-config: ./file\n" });
  });
});

tier("machines", lacking("nft"))("nft", () => {
  it.each(roles)("takes the firewall of %s", (name) => {
    const { said } = judged('nft -c -f "$candidate"', fileOf(document(name), "/etc/nftables.conf"));
    // Without root it reads the file, and is refused only then.
    expect(said.replace(/^.*Operation not permitted.*\n|^netlink:.*\n/gm, "")).toBe("");
  });
});

tier("machines", lacking("sshd", "unshare"))("sshd", () => {
  const settingsFor = (user: string, name = "gitlab") => {
    const withUsers = (draft: Draft) => {
      withPeople(draft);
      draft.machines[name].ssh = { furtherUsers: ["git", "backup_2"] };
    };
    const main = `${fileOf(document(name, withUsers), "/etc/ssh/sshd_config.d/10-bastide.conf")}`;
    const test = `ssh-keygen -q -t ed25519 -N "" -f key && mkdir -p d && mv "$candidate" d/10.conf &&
      printf 'Include %s/d/*.conf\\nPasswordAuthentication yes\\nX11Forwarding yes\\nUsePAM yes\\n' "$PWD" >"$candidate" &&
      unshare --map-root-user --mount sh -c 'mount -t tmpfs none /run && mkdir -m 0755 /run/sshd &&
      "$(command -v sshd)" -T -h "$PWD/key" -f "$candidate" -C user=${user},host=h,addr=10.10.0.1'`;
    const { status, said } = judged(test, main);
    expect(status === 0 ? "" : said).toBe("");
    return new Map(said.split("\n").map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1).join(" ")]));
  };

  it("takes keys and nothing else, whatever the system's own file says behind ours", () => {
    const settings = settingsFor("ada");
    expect(settings.get("passwordauthentication")).toBe("no");
    expect(settings.get("kbdinteractiveauthentication")).toBe("no");
    expect(settings.get("permitrootlogin")).toBe("no");
    expect(settings.get("x11forwarding")).toBe("no");
    expect(settings.get("authorizedkeysfile")).toBe("/etc/ssh/authorized_keys.d/%u");
  });

  it.each(["git", "backup_2"])("lets in %s, whom something there needs, by the keys that its program keeps", (user) => {
    expect(settingsFor(user).get("authorizedkeysfile")).toBe(".ssh/authorized_keys");
    expect(settingsFor(user).get("passwordauthentication")).toBe("no");
  });

  it("takes the keys of whoever applies from where they are", () => {
    expect(settingsFor("bastide").get("authorizedkeysfile")).toBe(".ssh/authorized_keys");
    expect(settingsFor("bastide").get("passwordauthentication")).toBe("no");
  });
});

tier("machines", lacking("visudo"))("visudo", () => {
  it("takes the rights of administrators", () => {
    const content = fileOf(document("gitlab"), "/etc/sudoers.d/bastide");
    expect(judged('visudo -cq -f "$candidate"', content)).toEqual(well);
  });
});

tier("machines", lacking("systemd-analyze"))("systemd-analyze", () => {
  // Programs that the role brings are not here; that they are is the role's own affair.
  const verified = (name: string, unit: string) => {
    const text = fileOf(document(name), `/etc/systemd/system/${unit}`)
      .replaceAll("/usr/local/bin/minio server", "/bin/true")
      .replaceAll(/\/usr\/local\/sbin\/bastide-harbor(-backup)?|\/usr\/bin\/docker/g, "/bin/true")
      .replaceAll(/^(Requires|After)=(docker|harbor)\.service.*\n/gm, "");
    return judged('systemd-analyze verify --man=no "$candidate"', text, unit);
  };

  it.each([
    ["s3-1", "minio.service"],
    ["s3-1", "srv-s3.mount"],
    ["nfs-1", "srv-nfs.mount"],
    ["harbor", "srv-harbor.mount"],
    ["harbor", "harbor.service"],
    ["harbor", "harbor-backup.service"],
  ])("takes on %s the unit %s", (name, unit) => {
    expect(verified(name, unit)).toEqual(well);
  });

  it.each(roles)("takes when %s is upgraded", (name) => {
    const { status, said } = judged(
      `systemd-analyze calendar "$(sed -n 's/^OnCalendar=\\(.\\)/\\1/p' "$candidate")"`,
      fileOf(document(name), "/etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf"),
    );
    expect({ status, said }).toEqual({
      status: 0,
      said: expect.stringMatching(/Normalized form: \*-\*-\* \d\d:\d\d:00\n/),
    });
  });
});
