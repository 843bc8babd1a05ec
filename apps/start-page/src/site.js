import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";

/**
 * One file of the site, ready to be sent.
 * @typedef {{ body: Buffer, type: string, etag: string }} Asset
 */

/** What may be served, by the ending of its name; a file of any other kind is not. */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Reads a folder once, at the start. Requests are answered from memory, so no request can reach the file system, whatever its
 * path says. Hidden entries (a mounted ConfigMap has `..data`) and folders are passed over.
 *
 * @param {string} folder
 * @returns {ReadonlyMap<string, Asset>} assets by URL path; `/` is `index.html`
 * @throws {Error} where the folder has no `index.html`
 */
export function readSite(folder) {
  const assets = new Map();
  for (const name of readdirSync(folder).sort()) {
    const type = TYPES[extname(name)];
    const path = join(folder, name);
    if (name.startsWith(".") || type === undefined || !statSync(path).isFile()) continue;
    const body = readFileSync(path);
    const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
    assets.set(`/${name}`, { body, type, etag });
  }
  const index = assets.get("/index.html");
  if (index === undefined) {
    throw new Error(`${folder} has no index.html: mount the page there, or name its folder in PAGE_FOLDER`);
  }
  assets.set("/", index);
  return assets;
}
