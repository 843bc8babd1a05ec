import { resolve } from "node:path";

/** The program's own folder: everything but the user's environments is found relative to it. */
export const ROOT = resolve(__dirname, "..");
