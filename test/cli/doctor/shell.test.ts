import { execFileSync } from "node:child_process";
import { commandLine } from "../../../cli/doctor/shell";

describe("a printed command", () => {
  it("is readable where nothing needs quoting", () => {
    expect(commandLine("terraform", "-chdir=out/stacks/a", "import", "aws_vpc.main", "vpc-1")).toBe(
      "terraform -chdir=out/stacks/a import aws_vpc.main vpc-1",
    );
  });

  it.each(["a b", "it's", "$HOME", "`id`", "logGroups[?x=='y'] | [0]", "", "*", "a;b"])(
    "gives a shell back the word %j",
    (word) => {
      const line = commandLine("printf", "%s", word);
      expect(execFileSync("sh", ["-c", line], { encoding: "utf8" })).toBe(word);
    },
  );
});
