import { changed } from "../../../support/environments";

/**
 * The environments with one value changed in each: where an application runs, how much a namespace may ask for, and a
 * setting of an application. Each change concerns one manifest.
 */
export const environments = [
  changed("aws", ({ apps }) => {
    apps["start-page"].pool = "builds";
  }),
  changed("onprem", ({ access }) => {
    access.namespaces["dev-apps"].quota.cpu = "12";
  }),
  changed("local", ({ apps }) => {
    apps["start-page"].env = { LOG_LEVEL: "debug" };
  }),
];
