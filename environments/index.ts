import { aws } from "./aws";
import { local } from "./local";
import { onprem } from "./onprem";

/** Every environment that is synthesized. */
export const environments = [aws, onprem, local];
