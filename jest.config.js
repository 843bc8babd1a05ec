/**
 * The fast tier. The cluster tier has its own configuration in test/cluster/, what runs in a virtual machine in test/guest/.
 * @type {import("jest").Config}
 */
module.exports = {
  testEnvironment: "node",
  // Every core: jest would leave one free, and on two cores that is half of the machine.
  maxWorkers: "100%",
  // Tests that run commands as processes wait for a busy machine rather than fail on it.
  testTimeout: 120_000,
  runtime: "<rootDir>/test/support/shared-modules.cjs",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/cluster/", "<rootDir>/test/guest/"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out/", "<rootDir>/.cache/", "<rootDir>/stubs/"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
    ],
  },
};
