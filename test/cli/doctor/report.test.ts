import type { Examination, Finding } from "../../../cli/doctor/finding";
import { report } from "../../../cli/doctor/report";

const NOW = new Date("2026-11-21T12:00:00Z");
const tell = (examination: Partial<Examination>) =>
  report("aws", { checked: [], unchecked: [], findings: [], ...examination }, NOW);

const finding = (changes: Partial<Finding> = {}): Finding => ({
  kind: "resource",
  where: "ec2:vpc/vpc-1",
  found: "in no state",
  why: "It matters.",
  commands: ["init", "import a"],
  ...changes,
});

describe("the report", () => {
  it("says that nothing is wrong, and what that rests on", () => {
    expect(tell({ checked: ["state of aws-data", "resources"] })).toBe(
      "checked: state of aws-data, resources\nnothing is wrong with aws",
    );
  });

  it("says what could not be checked, why, and the cure, and not that nothing is wrong", () => {
    const unchecked = [{ what: "resources", because: "no credentials", cure: "sign in" }];
    const text = tell({ checked: ["state of aws-data"], unchecked });
    expect(text).toContain("not checked: resources: no credentials\n  cure: sign in\n");
    expect(text).toContain("nothing was found in what could be checked of aws; 1 not checked, see above");
  });

  it("does not say that nothing is wrong if nothing could be checked", () => {
    expect(tell({ unchecked: [{ what: "resources", because: "no credentials", cure: "sign in" }] })).not.toContain(
      "nothing is wrong",
    );
  });

  it("shows every finding in one table, with its age", () => {
    const findings = [
      finding({ kind: "lock", where: "aws-data", since: new Date("2026-11-21T11:56:10Z") }),
      finding({ where: "x", since: new Date("2026-11-21T02:00:00Z") }),
    ];
    const [heading, lock, other] = tell({ findings }).split("\n");
    expect(heading).toMatch(/^kind +where +found +since$/);
    expect(lock).toMatch(/^lock +aws-data +in no state +2026-11-21 11:56 UTC \(3 min ago\)$/);
    expect(other).toMatch(/\(10 h ago\)$/);
  });

  it("puts each command alone on a line, findings of one reason together, and none twice", () => {
    const findings = [finding(), finding({ where: "ec2:vpc/vpc-2", commands: ["init", "import b"] })];
    expect(tell({ findings })).toContain(
      "ec2:vpc/vpc-1: in no state\nec2:vpc/vpc-2: in no state\n  It matters.\n    init\n    import a\n    import b\n",
    );
  });

  it("ends with how to go on", () => {
    expect(tell({ findings: [finding()] })).toMatch(
      /Run the commands above in their order, then: npx cdktf deploy 'aws-\*'$/,
    );
  });

  it("asks to look at the plan of a stack that something was imported into", () => {
    expect(tell({ findings: [finding({ imports: "aws-cloud" })] })).toMatch(/npx cdktf diff aws-cloud$/);
  });

  it("asks for nothing but a deploy if no command is needed", () => {
    expect(tell({ findings: [finding({ commands: [] })] })).toMatch(/Nothing to run but: npx cdktf deploy 'aws-\*'$/);
  });
});
