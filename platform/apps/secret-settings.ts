/** Words in a variable's name that say that its value is a secret. */
const SECRET_WORD =
  /(^|_)([A-Z0-9]*PASSWORDS?|PASSWD|PASS|SECRETS?|TOKEN|(API|PRIVATE|SECRET)_?KEYS?|ACCESS_KEYS?)(_|$)/;

/** Endings that say that it is something about a secret: where it is, what it is called, how long it lasts. */
const ABOUT_A_SECRET = /_(FILE|DIR|PATH|URL|URI|ENDPOINT|NAME|TTL|SECONDS|MINUTES|HOURS|DAYS|LENGTH|ENABLED)$/;

/** A user's password in an address; `$(NAME)`, which Kubernetes fills in from another variable, is none. */
const PASSWORD_IN_ADDRESS = /:\/\/[^\s/:@]*:(?!\$\([\w.-]+\)@)[^\s/@]+@/;

/** A password in a connection string, `Host=db;Password=...`. */
const PASSWORD_IN_CONNECTION = /(^|[?&;\s])(password|pwd)=(?!\$\([\w.-]+\))[^&;\s]/i;

/** Whether a setting is a secret by its name, or holds one. */
export function isSecretSetting(variable: string, value: string): boolean {
  const words = variable
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[.-]/g, "_")
    .toUpperCase();
  if (SECRET_WORD.test(words) && !ABOUT_A_SECRET.test(words)) return true;
  return PASSWORD_IN_ADDRESS.test(value) || PASSWORD_IN_CONNECTION.test(value);
}
