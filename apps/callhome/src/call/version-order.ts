/**
 * Compares two versions: negative if `a` is older. Parts between dots are compared as numbers where both are numbers,
 * else as text; a pre-release (after "-") is older than its release; build data (after "+") does not count.
 */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = split(a);
  const [coreB, preB] = split(b);
  const core = compareParts(coreA.split("."), coreB.split("."), "0");
  if (core !== 0 || preA === preB) {
    return core;
  }
  if (preA === undefined || preB === undefined) {
    return preA === undefined ? 1 : -1;
  }
  return compareParts(preA.split("."), preB.split("."), undefined);
}

function split(version: string): [core: string, pre: string | undefined] {
  const [plain = ""] = version.replace(/^[vV](?=[0-9])/, "").split("+");
  const dash = plain.indexOf("-");
  return dash === -1 ? [plain, undefined] : [plain.slice(0, dash), plain.slice(dash + 1)];
}

function compareParts(a: readonly string[], b: readonly string[], missing: string | undefined): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const left = a[index] ?? missing;
    const right = b[index] ?? missing;
    if (left === undefined || right === undefined) {
      return left === right ? 0 : left === undefined ? -1 : 1;
    }
    const order = comparePart(left, right);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function comparePart(a: string, b: string): number {
  const numeric = /^[0-9]+$/;
  if (numeric.test(a) && numeric.test(b)) {
    const difference = BigInt(a) - BigInt(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (numeric.test(a) !== numeric.test(b)) {
    return numeric.test(a) ? -1 : 1; // as in semantic versioning: numbers come before words
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
