import { renderScript } from "../../../constructs/machine-roles/render/script";
import { endOf, secretMark } from "../../../constructs/machine-roles/role-document";
import { tier } from "../../support/require";
import { FakeMachine, ownFile, refusal, whole } from "./support/machine";
import { lacking } from "./support/programs";

/** What every Debian has, and a developer's machine may not. */
const onDebian = tier("machines", lacking("mktemp", "sha256sum", "stat", "sync", "flock"));

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.end());

const config = ownFile("/etc/app/app.conf", "one\n");
const unit = { name: "app.service", onChange: "reload", watches: [config.path] } as const;
const app = { packages: ["app"], files: [config], units: [unit] };

onDebian("an application", () => {
  test("installs, writes, enables and starts what is missing", () => {
    expect(machine.apply(app)).toBe(
      [
        "box: package app: to be installed",
        "box: file /etc/app/app.conf: new",
        "box: unit app.service: to be enabled",
        "box: unit app.service: to be started",
        "box: 4 changed\n",
      ].join("\n"),
    );
    expect(machine.read("/etc/app/app.conf")).toBe("one\n");
    expect(machine.told().map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "apt-get -q",
      "apt-get -q",
      "systemctl -q",
      "systemctl reset-failed",
      "systemctl start",
    ]);
  });

  test("changes nothing the second time: no package, no write, no restart", () => {
    machine.apply(app);
    machine.told();
    const before = machine.written();

    expect(machine.apply(app)).toBe("box: nothing to do\n");
    expect(machine.told()).toEqual([]);
    expect(machine.written()).toEqual(before);
  });

  test("of a changed file reloads the units that watch it and no other", () => {
    const other = { ...unit, name: "other.service", watches: [] };
    machine.apply({ ...app, units: [unit, other] });
    machine.told();

    machine.apply({ ...app, files: [ownFile(config.path, "two\n")], units: [unit, other] });

    expect(machine.told()).toEqual(["systemctl reload-or-restart app.service"]);
    expect(machine.read(config.path)).toBe("two\n");
  });

  test("restarts a unit that cannot reload", () => {
    const restarted = { ...unit, onChange: "restart" } as const;
    machine.apply({ ...app, units: [restarted] });
    machine.told();

    machine.apply({ ...app, files: [ownFile(config.path, "two\n")], units: [restarted] });

    expect(machine.told()).toEqual(["systemctl restart app.service"]);
  });

  test("leaves a unit alone that systemd left out on purpose, as on a machine without a clock of its own", () => {
    machine.set("unmet", true);
    machine.apply(app);
    machine.told();

    expect(machine.apply(app)).toBe("box: nothing to do\n");
    expect(machine.run("drift", app).status).toBe(0);
    expect(machine.told()).toEqual([]);
  });

  test("starts a unit that systemd left out before its file was there", () => {
    machine.set("unmet", true);
    machine.apply(app);

    expect(machine.told()).toContain("systemctl start app.service");
  });

  test("keeps bytes as they are: quotes, dollars, backslashes, and lines that look like its own", () => {
    const content = `it's $HOME \`date\` \\n\n\nEND\nEND_\n\ttab $\{x}\n`;
    machine.apply({ files: [ownFile("/etc/odd", content)] });

    expect(machine.read("/etc/odd")).toBe(content);
  });

  test("gives a file its mode", () => {
    machine.apply({ files: [ownFile("/etc/private", "x\n", { mode: "0600" })] });

    expect(machine.modeOf("/etc/private")).toBe("600");
  });

  test("runs a command only where it is needed", () => {
    const command = { purpose: "make a folder", unless: `test -d "$root/srv"`, run: `mkdir "$root/srv"` };

    expect(machine.apply({ commands: [command] })).toBe("box: command: to make a folder\nbox: 1 changed\n");
    expect(machine.apply({ commands: [command] })).toBe("box: nothing to do\n");
  });

  test("takes away a file that the description has no more, and brings back what was there before", () => {
    machine.write("/etc/app/app.conf", "Debian's\n");
    machine.apply({ files: [config, ownFile("/etc/mine", "x\n")] });

    machine.apply({ files: [] });

    expect(machine.has("/etc/mine")).toBe(false);
    expect(machine.read(config.path)).toBe("Debian's\n");
  });

  test("ends what the machine is no more", () => {
    machine.apply({ ...app, uninstall: [endOf("app.service")] });
    machine.told();

    machine.apply({});

    expect(machine.told()).toEqual(["systemctl disable --now app.service"]);
  });

  test("does not end what is still there when the command that ends it is another, and knows that one from then on", () => {
    machine.apply({ ...app, uninstall: [endOf("app.service")] });
    machine.told();

    const other = { ends: "app.service", run: "systemctl disable --now app.service app.socket" };
    expect(machine.run("plan", { ...app, uninstall: [other] }).stdout).toBe("box: nothing to do\n");
    expect(machine.apply({ ...app, uninstall: [other] })).toBe("box: nothing to do\n");
    expect(machine.told()).toEqual([]);

    machine.apply({});
    expect(machine.told()).toEqual([other.run]);
  });

  test("does not end what is still there when it is called otherwise", () => {
    machine.apply({ ...app, uninstall: [endOf("app.service")] });
    machine.told();

    machine.apply({ ...app, uninstall: [{ ...endOf("app.service"), ends: "the application" }] });
    expect(machine.told()).toEqual([]);
  });

  test("takes a unit that somebody removed for ended, after whatever still runs of it", () => {
    machine.apply({ ...app, uninstall: [endOf("app.service")] });
    machine.told();
    machine.set("gone", true);

    machine.apply({});

    expect(machine.told()).toEqual([
      "systemctl disable --now app.service",
      "systemctl daemon-reload",
      "systemctl stop app.service",
    ]);
    expect(machine.apply({})).toBe("box: nothing to do\n");
  });

  test("does not take for ended what a unit that was removed is only a part of", () => {
    const both = { ends: "app.service", run: "systemctl disable --now app.service && false" };
    machine.apply({ ...app, uninstall: [both] });
    machine.set("gone", true);

    expect(machine.run("apply", {}).status).toBe(1);
  });

  describe("after a version whose book has commands alone", () => {
    const timer = "systemctl disable --now app.timer; rm -f /srv/told";
    const words = "systemctl unmask rpcbind.socket";
    beforeEach(() => {
      machine.apply(app);
      machine.write("/var/lib/bastide/uninstall", `systemctl disable --now app.service\n${timer}\n${words}\n`);
      machine.told();
    });

    test("ends nothing that is still there, and knows from then on what it is", () => {
      const uninstall = [endOf("app.service"), endOf("app.timer"), { ends: "the absence of helpers", run: words }];
      expect(machine.apply({ ...app, uninstall })).toBe("box: nothing to do\n");
      expect(machine.told()).toEqual([]);
      expect(machine.read("/var/lib/bastide/uninstall")).toBe(
        `# app.service\n${uninstall[0]?.run}\n# app.timer\n${uninstall[1]?.run}\n# the absence of helpers\n${words}\n`,
      );
    });

    test.each(["apply", "uninstall"])("ends what is there no more, by %s", (action) => {
      expect(machine.run(action, {})).toMatchObject({ status: 0, stderr: "" });
      expect(machine.told().slice(0, 3)).toEqual([
        "systemctl disable --now app.service",
        "systemctl disable --now app.timer",
        words,
      ]);
    });

    test("takes a unit that somebody removed for ended", () => {
      machine.set("gone", true);
      machine.apply({});
      expect(machine.told()).toContain("systemctl stop app.service");
    });
  });

  describe("of which what the machine is no more does not end", () => {
    const end = 'echo it is busy; [ -e "$BASTIDE_ROOT/mended" ]';
    const uninstall = [{ ends: "something busy", run: end }, endOf("app.service")];
    const told = (verb: string) =>
      `it is busy\nbox: it failed: ${end}\nbox: what this machine is no more has not ended: mend what it says above, or take the command out of /var/lib/bastide/uninstall where nothing is left to end, and ${verb} again\n`;
    beforeEach(() => {
      machine.apply({ ...app, uninstall });
      machine.told();
    });

    test("fails with what it said, does all else that ends, and keeps the files that it may need", () => {
      const { status, stderr } = machine.run("apply", {});

      expect({ status, stderr }).toEqual({ status: 1, stderr: told("apply") });
      expect(machine.told()).toEqual(["systemctl disable --now app.service"]);
      expect(machine.has(config.path)).toBe(true);
    });

    test("fails each time until it is mended, and then is done with it", () => {
      machine.run("apply", {});
      expect(machine.run("apply", {}).status).toBe(1);
      expect(machine.run("plan", {}).stdout).toContain(
        `box: command: to be run, for what this machine is no more: ${end}`,
      );

      machine.write("/mended", "");
      machine.apply({});
      expect(machine.has(config.path)).toBe(false);
      expect(machine.apply({})).toBe("box: nothing to do\n");
    });

    test.each(["apply", "uninstall"])(
      "does not end again what is gone where %s was interrupted among its files",
      (action) => {
        const whileItIsThere = {
          ...app,
          uninstall: [{ ends: "its file", run: `[ -e "$BASTIDE_ROOT${config.path}" ]` }],
        };
        machine.write("/mended", "");
        machine.apply(whileItIsThere);
        const interrupted = renderScript(whole({})).replace('rm -f "$root$1"\n', (line) => `${line}kill -9 $$\n`);
        expect(machine.runText(action, interrupted)).toMatchObject({ status: null, stderr: "" });
        expect(machine.has(config.path)).toBe(false);

        expect(machine.run(action, {})).toMatchObject({ status: 0, stderr: "" });
      },
    );

    test("fails by hand, too, and removes nothing yet", () => {
      const { status, stderr } = machine.run("uninstall", { ...app, uninstall });

      expect({ status, stderr }).toEqual({ status: 1, stderr: told("uninstall") });
      expect(machine.has(config.path)).toBe(true);
    });
  });

  describe("without room", () => {
    const many = Array.from({ length: 30 }, (_, number) => ownFile(`/etc/app/${"x".repeat(60)}-${number}`, "x\n"));
    const ends = many.map((_, number) => endOf(`app-number-${number}.service`));
    const book = "/var/lib/bastide/uninstall";

    test("for what it ends fails, and ends nothing that is there", () => {
      machine.apply({ ...app, uninstall: ends });
      machine.told();
      machine.set("full", true);

      expect(machine.run("apply", { ...app, uninstall: ends })).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /box: \S+ cannot be written, it may be full; what is not done yet is done by the next/,
        ),
      });
      expect(machine.told()).toEqual([]);
    });

    test("for the names of its files fails, and removes none of them", () => {
      machine.apply({ files: many });
      machine.set("full", true);

      expect(machine.run("apply", { files: many }).status).toBe(1);
      expect(many.filter(({ path }) => !machine.has(path))).toEqual([]);
    });

    test("for its book fails, and the book that is there stays", () => {
      machine.apply({ ...app, uninstall: [endOf("app.service")] });
      const before = machine.read(book);
      machine.refuseCopies(book);

      expect(machine.run("apply", { ...app, uninstall: ends }).status).toBe(1);
      expect(machine.read(book)).toBe(before);
    });

    test("for what was there before fails, and does not write over it", () => {
      machine.write(config.path, "Debian's\n");
      machine.refuseCopies("/var/lib/bastide/original");

      expect(machine.run("apply", app).status).toBe(1);
      expect(machine.read(config.path)).toBe("Debian's\n");
      expect(machine.has(`${config.path}.bastide-new`)).toBe(false);
    });
  });

  test("fails where a command fails, with what it said, and stops at its first failing line", () => {
    const command = { purpose: "do it", unless: "false", run: `echo trying\nfalse\ntouch "$root/after"` };
    const { status, stderr } = machine.run("apply", { commands: [command] });

    expect(status).toBe(1);
    expect(stderr).toBe("trying\nbox: it failed to do it; what is not done yet is done by the next application\n");
    expect(machine.has("/after")).toBe(false);
  });

  test("fails where the program that reads a file would refuse it, and leaves the old one", () => {
    machine.apply(app);
    const wrong = ownFile(config.path, "wrong\n", { validate: '! grep wrong "$candidate"' });
    const { status, stderr } = machine.run("apply", { ...app, files: [wrong] });

    expect(status).toBe(1);
    expect(stderr).toContain("/etc/app/app.conf would be refused by its program, so the file that is there stays");
    expect(machine.read(config.path)).toBe("one\n");
    expect(machine.has(`${config.path}.bastide-new`)).toBe(false);
  });

  test("reloads a unit whose file was changed by hand and is as before again: it may have taken the change", () => {
    machine.apply(app);
    machine.told();
    machine.write(config.path, "by hand\n");

    machine.apply(app);

    expect(machine.told()).toEqual(["systemctl reload-or-restart app.service"]);
    expect(machine.apply(app)).toBe("box: nothing to do\n");
  });

  describe("that a unit does not take", () => {
    const before = { ...app, units: [{ ...unit, taken: refusal }] };
    const after = { ...before, files: [ownFile(config.path, "two\n")] };
    beforeEach(() => {
      machine.apply(before);
      machine.refuse("port 80 is taken");
    });

    test("fails with the file, what the unit said, and the cure", () => {
      const { status, stderr } = machine.run("apply", after);

      expect(status).toBe(1);
      expect(stderr).toBe(
        "port 80 is taken\nbox: app.service does not take /etc/app/app.conf, and goes on with what it had before: mend what it says above, and apply again; what is not done yet is done by the next application\n",
      );
    });

    test("is found by drift, with what the unit said", () => {
      machine.run("apply", after);

      const { status, stdout } = machine.run("drift", after);

      expect({ status, stdout }).toEqual({
        status: 1,
        stdout:
          "box: unit app.service: goes on with what it had before, by hand or by a fault\n    port 80 is taken\nbox: 1 changed by hand\n",
      });
    });

    test("is tried again by every application, until it is taken", () => {
      machine.run("apply", after);
      machine.told();
      expect(machine.run("apply", after).status).toBe(1);
      expect(machine.told()).toEqual(["systemctl reload-or-restart app.service"]);

      machine.refuse(undefined);

      expect(machine.apply(after)).toBe("box: unit app.service: to be reloaded\nbox: 1 changed\n");
      expect(machine.apply(after)).toBe("box: nothing to do\n");
    });
  });

  test("fails where packages cannot be installed, with the end of what apt-get said", () => {
    machine.set("offline", true);
    const { status, stderr } = machine.run("apply", app);

    expect(status).toBe(1);
    expect(stderr).toBe(
      "cannot reach the mirror\nbox: packages cannot be installed: app; what is not done yet is done by the next application\n",
    );
    expect(machine.has(config.path)).toBe(false);
  });
});

onDebian("an interrupted application", () => {
  test("between a file and its unit is finished by the next", () => {
    machine.apply(app);
    machine.told();
    machine.set("broken", true);
    const changed = { ...app, files: [ownFile(config.path, "two\n")] };
    expect(machine.run("apply", changed).stderr).toBe(
      "box: app.service cannot be reloaded: see journalctl -u app.service; what is not done yet is done by the next application\n",
    );
    machine.told();

    machine.set("broken", false);
    machine.apply(changed);

    expect(machine.told()).toEqual(["systemctl reload-or-restart app.service"]);
  });

  test.each([0.2, 0.5, 0.8, 0.95])("that was cut off after %d of its program never looks finished", (share) => {
    const text = renderScript(whole({ ...app, files: [config, ownFile("/etc/last", "x\n".repeat(200))] }));
    machine.runText("apply", text.slice(0, Math.floor(text.length * share)));

    machine.apply({ ...app, files: [config, ownFile("/etc/last", "x\n".repeat(200))] });

    expect(machine.read("/etc/last")).toBe("x\n".repeat(200));
    expect(machine.run("drift", app).status).toBe(0);
  });

  test("does not take its own half-recorded change for one made by hand", () => {
    machine.apply(app);
    machine.set("broken", true);
    machine.run("apply", { ...app, files: [ownFile(config.path, "two\n")] });

    const { stdout } = machine.run("drift", { ...app, files: [ownFile(config.path, "three\n")] });

    expect(stdout).not.toContain("app.conf");
  });
});

onDebian("looking", () => {
  test("a plan tells what would be done and does nothing", () => {
    const { status, stdout } = machine.run("plan", app);

    expect(status).toBe(0);
    expect(stdout).toContain("box: file /etc/app/app.conf: new\n");
    expect(stdout).toContain("box: 4 to change, 0 of them changed by hand\n");
    expect(machine.has("/etc/app/app.conf")).toBe(false);
    expect(machine.told()).toEqual([]);
  });

  test("a plan shows how a file would change, and that its unit would take the change", () => {
    machine.apply(app);
    const { stdout } = machine.run("plan", { ...app, files: [ownFile(config.path, "two\n")] });

    expect(stdout).toContain("box: file /etc/app/app.conf: changed\n    @@ -1 +1 @@\n    -one\n    +two\n");
    expect(stdout).toContain("box: unit app.service: to be reloaded\n");
  });

  test("a plan shows no line of a file that not everybody may read", () => {
    const secret = (content: string) => ({ files: [ownFile("/etc/private", content, { mode: "0640" })] });
    machine.apply(secret("one\n"));

    const { stdout } = machine.run("plan", secret("two\n"));

    expect(stdout).toBe("box: file /etc/private: changed\nbox: 1 to change, 0 of them changed by hand\n");
  });

  test("drift finds nothing on a machine that nobody touched", () => {
    machine.apply(app);

    expect(machine.run("drift", app)).toMatchObject({ status: 0, stdout: "box: nothing was changed by hand\n" });
  });

  test.each([
    ["a file changed", () => machine.write(config.path, "hacked\n"), "file /etc/app/app.conf: changed by hand"],
    ["a file removed", () => machine.remove(config.path), "file /etc/app/app.conf: removed by hand"],
    ["a unit stopped", () => machine.stop("app.service"), "unit app.service: not running, by hand or by a fault"],
  ])("drift finds %s by hand", (_what, change, line) => {
    machine.apply(app);
    change();

    const { status, stdout } = machine.run("drift", app);

    expect(status).toBe(1);
    expect(stdout).toContain(`box: ${line}\n`);
    expect(stdout).toContain("box: 1 changed by hand\n");
  });

  test("drift does not tell of what only the description changed", () => {
    machine.apply(app);

    const { status, stdout } = machine.run("drift", { ...app, files: [ownFile(config.path, "two\n")] });

    expect({ status, stdout }).toEqual({ status: 0, stdout: "box: nothing was changed by hand\n" });
  });

  test("what was changed by hand is undone by the next application", () => {
    machine.apply(app);
    machine.write(config.path, "hacked\n");
    machine.apply(app);

    expect(machine.read(config.path)).toBe("one\n");
    expect(machine.run("drift", app).status).toBe(0);
  });
});

onDebian("a secret", () => {
  const ref = { secret: "app", key: "password" };
  const file = ownFile("/etc/app/env", `user=x\npassword=${secretMark(ref)};again=${secretMark(ref)}\n`, {
    mode: "0600",
    secretRefs: [ref],
  });

  test("is put in by the machine", () => {
    machine.write("/etc/bastide/secrets/app/password", "s3cr&t/1+%=@\n");
    machine.apply({ files: [file] });

    expect(machine.read("/etc/app/env")).toBe("user=x\npassword=s3cr&t/1+%=@;again=s3cr&t/1+%=@\n");
  });

  test("that has a line of its own is put in as it is, whatever is in it", () => {
    machine.write("/etc/bastide/secrets/app/password", "s3cr&t \\1'\"$x\n");
    machine.apply({ files: [ownFile("/etc/app/key", `${secretMark(ref)}\n`, { secretRefs: [ref] })] });

    expect(machine.read("/etc/app/key")).toBe("s3cr&t \\1'\"$x\n");
  });

  test("of many lines stands in the file whole: a private key", () => {
    const key = "-----BEGIN-----\nA&B\\1\n-----END-----";
    machine.write("/etc/bastide/secrets/app/password", `${key}\n`);
    machine.apply({ files: [ownFile("/etc/app/key", `${secretMark(ref)}\n`, { secretRefs: [ref] })] });

    expect(machine.read("/etc/app/key")).toBe(`${key}\n`);
  });

  test("that changed changes the file, and what watches it", () => {
    const document = { files: [file], units: [{ ...unit, watches: [file.path] }] };
    machine.write("/etc/bastide/secrets/app/password", "old");
    machine.apply(document);
    machine.told();

    machine.write("/etc/bastide/secrets/app/password", "new");
    machine.apply(document);

    expect(machine.read("/etc/app/env")).toContain("password=new;");
    expect(machine.told()).toEqual(["systemctl reload-or-restart app.service"]);
  });

  test("fails where it is missing, before anything is done", () => {
    const { status, stderr } = machine.run("apply", { packages: ["app"], files: [file] });

    expect(status).toBe(3);
    expect(stderr).toBe(
      "box: the secret app/password is missing, for /etc/app/env: place it in /etc/bastide/secrets/app/password, owned by root, mode 0600\n",
    );
    expect(machine.told()).toEqual([]);
  });

  test.each([
    ["a backslash", "canary\\n"],
    ["a double quote", 'cana"ry'],
    ["a single quote", "cana'ry"],
    ["a backquote", "cana`ry"],
    ["a dollar sign", "cana$ry"],
    ["a blank", "canary 1"],
    ["the end of a line in Windows", "canary\r\n"],
    ["two lines", "canary\nanother"],
  ])("fails where it has %s, which is another value in quotes, before anything is done", (_, value) => {
    machine.write("/etc/bastide/secrets/app/password", value);
    for (const action of ["plan", "apply"]) {
      const { status, stdout, stderr } = machine.run(action, { packages: ["app"], files: [file] });

      expect({ status, stdout, stderr }).toEqual({
        status: 3,
        stdout: "",
        stderr:
          "box: the secret app/password would not be the same in /etc/app/env: its value must be one line without blanks, quotes, backslashes and dollar signs; make a new one of letters and digits\n",
      });
    }
    expect(machine.told()).toEqual([]);
  });

  test("appears in nothing that a plan or drift prints", () => {
    machine.write("/etc/bastide/secrets/app/password", "canary-4711");
    machine.apply({ files: [file] });
    machine.write("/etc/bastide/secrets/app/password", "canary-4712");

    for (const action of ["plan", "drift", "apply"]) {
      const { stdout, stderr } = machine.run(action, { files: [file] });
      expect(stdout + stderr).not.toContain("canary");
    }
  });
});

onDebian("the program", () => {
  test("uninstalling ends the role, takes its files and brings back what was there", () => {
    machine.write(config.path, "Debian's\n");
    const document = {
      ...app,
      files: [config, ownFile("/etc/mine", "x\n")],
      uninstall: [endOf("app.service")],
    };
    machine.apply(document);
    machine.told();

    expect(machine.run("uninstall", document).stdout).toContain("box: removed; packages and data stay\n");
    expect(machine.told()).toEqual(["systemctl disable --now app.service", "systemctl daemon-reload"]);
    expect(machine.has("/etc/mine")).toBe(false);
    expect(machine.read(config.path)).toBe("Debian's\n");
  });

  test("fails for a word that is no action", () => {
    expect(machine.run("destroy", {})).toMatchObject({
      status: 2,
      stderr: "usage: sh sh apply|plan|drift|uninstall\n",
    });
  });
});
