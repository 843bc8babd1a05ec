import type { Download } from "../../platform/shared/download";
import { quoted } from "./render/script";
import type { RoleCommand } from "./role-document";

/** A program brought to its place, and known byte for byte before it gets there. */
export function installed({ from, sha256 = "" }: Download, path: string): RoleCommand {
  const fetch = from.startsWith("/")
    ? `cp ${quoted(from)} "$new"`
    : `curl --silent --show-error --fail --location --proto '=https' --output "$new" ${quoted(from)}`;
  return {
    purpose: `install ${path}`,
    unless: `echo '${sha256}  ${path}' | sha256sum --check --status`,
    run: [
      `new=${path}.bastide-new`,
      `${fetch} || { echo "there is no ${from}: put it there" && false; }`,
      `echo "${sha256}  $new" | sha256sum --check --quiet`,
      'chmod 0755 "$new"',
      `mv -fT "$new" ${path}`,
    ].join("\n"),
  };
}
