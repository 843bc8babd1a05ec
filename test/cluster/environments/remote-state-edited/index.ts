import { local } from "../../../../environments/local";
import { environments as before } from "../remote-state";

/** The same with a setting of the start page changed, so that its pods are made anew. */
export const environments = before.map((environment) =>
  environment.name === "local"
    ? { ...environment, apps: { "start-page": { ...local.apps?.["start-page"], env: { LOG_LEVEL: "debug" } } } }
    : environment,
);
