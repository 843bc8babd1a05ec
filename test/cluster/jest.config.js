const { transform } = require("../../jest.config");

/**
 * The cluster tier: real programs, so minutes of patience (a cold start builds Kubernetes). They wait more than they work, and each
 * file has a testbed of its own: three go side by side.
 * @type {import("jest").Config}
 */
module.exports = {
  rootDir: "../..",
  testEnvironment: "node",
  roots: ["<rootDir>/test/cluster"],
  testMatch: ["**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out/", "<rootDir>/.cache/", "<rootDir>/stubs/"],
  testTimeout: 30 * 60 * 1000,
  maxWorkers: 3,
  testSequencer: "<rootDir>/test/cluster/sequencer.js",
  verbose: true,
  transform,
};
