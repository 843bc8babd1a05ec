import { type Download, openDownload } from "../../platform/shared/download";
import { quoted } from "./render/script";
import type { RoleCommand } from "./role-document";

/** What is done about a file whose digest nobody has written down yet: nothing, and whoever applies is told. */
export function unlessOpen(download: Download, command: RoleCommand): RoleCommand {
  const open = openDownload(download);
  return open === undefined ? command : { ...command, unless: "false", run: `echo ${quoted(open)}\nfalse` };
}

/** A program brought to its place, and known byte for byte before it gets there. */
export function installed(download: Download, path: string): RoleCommand {
  const { from, sha256 = "" } = download;
  const fetch = from.startsWith("/")
    ? `cp ${quoted(from)} "$new"`
    : `curl --silent --show-error --fail --location --proto '=https' --output "$new" ${quoted(from)}`;
  return unlessOpen(download, {
    purpose: `install ${path}`,
    unless: `echo '${sha256}  ${path}' | sha256sum --check --status`,
    run: [
      `new=${path}.bastide-new`,
      `${fetch} || { echo "there is no ${from}: put it there" && false; }`,
      `echo "${sha256}  $new" | sha256sum --check --quiet`,
      'chmod 0755 "$new"',
      `mv -fT "$new" ${path}`,
    ].join("\n"),
  });
}
