import { bastide } from "./program";

/** What `npm start` and every other command of the project run. */
void bastide(process.argv.slice(2), process.env);
