import { readSettings } from "../../../apps/callhome/src/config/settings";
import { platformOf } from "../../support/kubernetes";

/** Variables as a container gets them, with something in the place of secrets. */
function variablesOf(example: Parameters<typeof platformOf>[0], part: "workload" | "migration") {
  const started = platformOf(example).callhome?.[part];
  const secrets = Object.keys(started?.secrets ?? {}).map((name) => [name, "x".repeat(32)]);
  // What the image sets.
  return { NODE_ENV: "production", ...started?.env, ...Object.fromEntries(secrets) };
}

test.each(["aws", "onprem", "local"] as const)("the service of %s understands what it is told", (example) => {
  const settings = readSettings(variablesOf(example, "workload"));
  expect(settings.CALLHOME_LISTEN).toEqual({ host: "0.0.0.0", port: 8080 });
  expect(settings.CALLHOME_OPERATIONS_LISTEN).toEqual({ host: "0.0.0.0", port: 9090 });
});

test.each(["aws", "onprem"] as const)("the migration of %s understands what it is told", (example) => {
  expect(readSettings(variablesOf(example, "migration")).CALLHOME_DATABASE_URL).toMatch(/^postgresql:\/\/callhome@/);
});

test("a migration counts days as the service does", () => {
  expect(readSettings(variablesOf("onprem", "migration")).CALLHOME_TIME_ZONE).toBe(
    readSettings(variablesOf("onprem", "workload")).CALLHOME_TIME_ZONE,
  );
});
