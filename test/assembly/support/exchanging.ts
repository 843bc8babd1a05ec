import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exchange } from "../../../assembly/exchange";

/** A process that exchanges the same folder again and again, each time for one with twenty files. */
const [, , folder = "", text = ""] = process.argv;
for (let round = 0; round < 60; round++) {
  exchange(folder, "lab", (fresh) => {
    for (let file = 0; file < 20; file++) writeFileSync(join(fresh, String(file)), text);
  });
}
