const { maxWorkers: _, testSequencer: __, ...cluster } = require("../cluster/jest.config");

/**
 * Tests in a virtual machine that is interpreted: minutes for what a real one does in seconds, so no part of CI.
 * @type {import("jest").Config}
 */
module.exports = { ...cluster, roots: ["<rootDir>/test/guest"], testTimeout: 40 * 60 * 1000 };
