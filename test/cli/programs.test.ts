import { runProgram } from "../../cli/programs";

test("a program that ends before it has read everything is judged by its status", () => {
  const said = runProgram("sh", ["-c", "echo no >&2; exit 1"], process.env, "x".repeat(1_000_000));
  expect(said).toEqual({ ok: false, stdout: "", stderr: "no\n" });
});
