/**
 * `npm test` runs everything; `npm run test:fast` leaves out test/postgres/, which needs a PostgreSQL server.
 * @type {import("jest").Config}
 */
module.exports = {
  testEnvironment: "node",
  // Every core, as at the root: the tests that wait for a killed PostgreSQL leave a whole one to the others.
  maxWorkers: "100%",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // What takes its own time, as the start of a process, waits for a busy machine rather than fails on it.
  testTimeout: 180_000,
  globalSetup: "<rootDir>/test/support/temporary.js",
  globalTeardown: "<rootDir>/test/support/temporary-end.js",
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
    ],
  },
};
