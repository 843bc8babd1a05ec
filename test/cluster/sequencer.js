const { basename } = require("node:path");
const Sequencer = require("@jest/test-sequencer").default;

/** Files that take longest, the longest first: none of them is begun when the others are through. */
const LONGEST = ["doctor-aws", "deploy", "ec2", "callhome", "machines", "doctor", "interruption"];

const rank = ({ path }) => {
  const place = LONGEST.indexOf(basename(path, ".test.ts"));
  return place < 0 ? LONGEST.length : place;
};

/** Jest begins with those that took longest the last time, which a new clone does not know. */
module.exports = class extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
};
