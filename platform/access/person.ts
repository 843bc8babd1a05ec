import { z } from "zod";
import { day, pattern } from "../shared/fields";

/** Public keys that OpenSSH 9 takes without being told to, as they stand in a file `id_*.pub`. */
const PUBLIC_KEY =
  /^(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+=*( [\w.@+-]+)?$/;

/** Somebody who works on machines, under a name of their own. */
export const person = z.strictObject({
  /** Who that is, for readers of a list of users. */
  name: pattern(
    /^[^:,\n]{1,100}$/,
    "a name has at most 100 characters, without colon and comma",
    "write it in plain words",
  ),
  /** Public keys with which they sign in; passwords are not taken by any machine. */
  keys: z
    .array(pattern(PUBLIC_KEY, "that is no public key of OpenSSH", "copy the line of the file ~/.ssh/id_ed25519.pub"))
    .min(1),
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
