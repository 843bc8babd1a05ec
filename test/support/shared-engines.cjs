const { createRequire } = require("node:module");
const { default: Runtime } = require("jest-runtime");

/** Large, stateless as far as tests go, and the same for every test: the engines with their bindings, and the schemas' library. */
const SHARED = /^(?:cdktf|cdk8s|cdk8s-plus-27|constructs|zod|@cdktf\/.+)$/;

/**
 * jest loads every module anew for each test file, and most files need the same engines; here these are loaded once in each of
 * jest's processes. Our own code is still loaded anew. Modules of another realm have classes of their own: whoever compares by
 * `instanceof` or prototype, as js-yaml does with plain objects, stays out of the list.
 */
class SharedEngines extends Runtime {
  requireModuleOrMock(from, name) {
    return SHARED.test(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
}

module.exports = SharedEngines;
