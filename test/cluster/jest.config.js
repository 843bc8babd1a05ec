const { transform } = require("../../jest.config");

/**
 * The cluster tier: real programs, so one file at a time and minutes of patience (a cold start builds Kubernetes).
 * @type {import("jest").Config}
 */
module.exports = {
  rootDir: "../..",
  testEnvironment: "node",
  roots: ["<rootDir>/test/cluster"],
  testMatch: ["**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out/", "<rootDir>/.cache/", "<rootDir>/stubs/"],
  testTimeout: 30 * 60 * 1000,
  maxWorkers: 1,
  verbose: true,
  transform,
};
