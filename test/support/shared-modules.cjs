const Module = require("node:module");
const { dirname, join, relative, resolve } = require("node:path");
const { default: Runtime } = require("jest-runtime");

/** Large, stateless as far as tests go, and the same for every test: the engines with their bindings, and the schemas' library. */
const ENGINES = /^(?:cdktf|cdk8s|cdk8s-plus-27|constructs|zod|@cdktf\/.+)$/;

/**
 * Rooms of ours that neither keep anything that matters from one call to the next nor look at the process they are in; the output,
 * which is made once and frozen; and the strict schemas, which take long to compile.
 */
const OURS = /^(?:(?:platform|constructs|charts|stacks|assembly)\/|test\/support\/(?:output|strict)$)/;

const ROOT = join(__dirname, "../..");

/** Where the source map lies of each module of ours that is loaded. */
const sourceMaps = new Map();

/** The runtime of the test file that is running; it transforms what is loaded for the first time. */
let running;

Module._extensions[".ts"] = (module, file) => {
  const { transformCache } = running;
  module._compile(transformCache.transform(file), file);
  sourceMaps.set(file, transformCache.getSourceMaps().get(file));
};

/**
 * jest loads every module anew for each test file, and most files need the same ones; here the engines and the pure part of our own
 * code are loaded once in each of jest's processes. What has state is still loaded anew: commands, environments, tests. Nothing of
 * this is shared while jest watches for edits.
 *
 * Modules of another realm have classes of their own: whoever compares by `instanceof` or prototype must be in the same one.
 */
class SharedModules extends Runtime {
  constructor(...settings) {
    super(...settings);
    const { watch, watchAll } = settings.at(-1);
    this.ours = watch || watchAll ? /^$/ : OURS;
    running = this;
    for (const [file, map] of sourceMaps) this.transformCache.getSourceMaps().set(file, map);
  }

  requireModuleOrMock(from, name) {
    return this.isShared(from, name) ? Module.createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }

  isShared(from, name) {
    if (!name.startsWith(".")) return ENGINES.test(name);
    return this.ours.test(relative(ROOT, resolve(dirname(from), name)));
  }
}

module.exports = SharedModules;
