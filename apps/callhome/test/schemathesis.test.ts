import { runSchemathesis } from "./schemathesis/run";
import { startInProcess } from "./support/service";
import { describeTool, schemathesis } from "./support/tools";

describeTool(schemathesis, "schemathesis", "the API against its OpenAPI document", () => {
  let service: Awaited<ReturnType<typeof startInProcess>>;
  beforeAll(async () => {
    service = await startInProcess({ CALLHOME_IP_RATE: "0", CALLHOME_PRODUCT_RATE: "0" });
  });
  afterAll(() => service.stop());

  test("schemathesis finds nothing", async () => {
    const short = ["--seed", "1", "--max-examples", "10", "--phases", "examples,coverage,fuzzing"];
    const { code, output } = await runSchemathesis(service.url, short);
    if (code !== 0) {
      throw new Error(output.slice(0, 10_000));
    }
    // Both operations, good and bad bodies: a run that tried nothing would find nothing either.
    expect(output).toContain("Selected: 2/2");
    expect(Number(/([0-9]+) generated, \1 passed/.exec(output)?.[1])).toBeGreaterThan(100);
  }, 240_000);
});
