/** The most that a route takes. Source: Gateway API, HTTPPathMatch. */
const LONGEST_PATH = 1024;

/**
 * Why `path` may not be a path of an application; nothing if it may. What a proxy would rewrite before it compares is refused,
 * as the Gateway API does it.
 */
export function pathFault(path: string): string | undefined {
  if (!/^\/[\w.~%/-]*$/.test(path)) return "a path begins with / and has no query";
  if (path.length > LONGEST_PATH) return `a path has at most ${LONGEST_PATH} characters, this one has ${path.length}`;
  if (path.includes("//")) return "a path has no empty part";
  if (path.split("/").some((part) => part === "." || part === "..")) return "a path has no part that is . or ..";
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return "behind % stand two hexadecimal digits";
  if (/%(2e|2f)/i.test(path)) return "a path has no encoded dot or slash";
  return undefined;
}

/** Why `path` may not be where metrics are: besides, it is closed to the outside, so it must not be the whole application. */
export function metricsPathFault(path: string): string | undefined {
  if (path === "/") return "the path of the metrics is closed to the outside, and this one is the whole application";
  return pathFault(path);
}
