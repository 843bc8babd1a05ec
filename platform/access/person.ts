import { z } from "zod";
import { checkedText, day, pattern } from "../shared/fields";

/** Public keys that OpenSSH 9 takes without being told to, as they stand in a file `id_*.pub`. */
const PUBLIC_KEY =
  /^(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+=*( [\w.@+-]+)?$/;

const COPY = "copy the line of the file ~/.ssh/id_ed25519.pub";

/** Why a line is no key that lets anybody in; nothing if it is one. */
function keyFault(line: string): string | undefined {
  if (!PUBLIC_KEY.test(line)) return "that is no public key of OpenSSH";
  return isWhole(line) ? undefined : "a part of the key is missing, so it would let nobody in";
}

/** A key's text is a row of parts, each behind its length, of which the first is its type. Source: RFC 4253, section 6.6. */
function isWhole(line: string): boolean {
  const [type = "", text = ""] = line.split(" ");
  const bytes = Buffer.from(text, "base64");
  const parts: string[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    parts.push(bytes.toString("latin1", at + 4, end));
    at = end;
  }
  return at === bytes.length && parts.length > 1 && parts[0] === type;
}

/** Somebody who works on machines, under a name of their own. */
export const person = z.strictObject({
  /** Who that is, for readers of a list of users. */
  name: pattern(
    // A line of its own would end the entry in passwd(5), and the user data of a machine in AWS, which is YAML.
    /^[^:,\p{Cc}\p{Zl}\p{Zp}]{1,100}$/u,
    "a name has at most 100 characters on one line, without colon and comma",
    "write it in plain words",
  ),
  /** Public keys with which they sign in; passwords are not taken by any machine. */
  keys: z.array(checkedText(keyFault, COPY)).min(1),
  /**
   * `admin` may become root on every machine, `user` may sign in and no more.
   * @default "user"
   */
  machines: z.enum(["admin", "user"]).default("user"),
  /**
   * Last day on which their keys are taken, as `2026-12-31`, in UTC. For whoever stays for a while only.
   * @default - they stay
   */
  until: day().optional(),
});
