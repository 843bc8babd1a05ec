import { toldOrNot } from "./output";
import { bastide } from "./program";

/** What `npm start` and every other command of the project run. */
toldOrNot(process.stdout, process.stderr);
void bastide(process.argv.slice(2), process.env);
