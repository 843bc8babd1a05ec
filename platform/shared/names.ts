/** Longest name of most Kubernetes objects, as they become DNS labels (RFC 1123). */
export const LONGEST_LABEL = 63;

/** RFC 1123 label: what a namespace, a service or a machine may be called. */
export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** A domain name of at least two labels, in lower case. */
export const DOMAIN_NAME = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Key of a Kubernetes label or taint: a name of at most 63 characters, perhaps behind a domain and a slash. */
export const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** Value of a Kubernetes label or taint: at most 63 characters, perhaps none. */
export const LABEL_VALUE = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;

/** Name of a user on a Linux machine. Source: Debian's adduser, NAME_REGEX. */
export const LOGIN_NAME = /^[a-z][-a-z0-9_]{0,31}$/;

/** Why `name` may not be the name of a Kubernetes object or a host; nothing if it may. */
export function labelFault(name: string): string | undefined {
  if (name.length > LONGEST_LABEL)
    return `a name may have at most ${LONGEST_LABEL} characters, this one has ${name.length}`;
  if (!DNS_LABEL.test(name)) return "a name consists of a-z, 0-9 and -, and begins and ends with a letter or digit";
  // Names become keys of objects, and cdktf takes such a one for a construct that exists.
  if (name in {}) return "every object of JavaScript has a part of that name";
  return undefined;
}

/** Why `domain` is no domain name; nothing if it is one. */
export function domainFault(domain: string): string | undefined {
  if (domain.length > 253) return `a domain may have at most 253 characters, this one has ${domain.length}`;
  if (!DOMAIN_NAME.test(domain)) return "a domain is written in lower case, with at least two labels of a-z, 0-9 and -";
  return undefined;
}

/** `foo_bar.baz` as a Terraform-friendly and DNS-friendly identifier `foo-bar-baz`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}
