/** What Kubernetes takes as the value of a label, at most 63 characters. */
const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** The tag of an image as the standard label for versions; nothing where it has none that a label can hold. */
export function versionLabel(reference: string): Readonly<Record<string, string>> {
  const [withoutDigest = ""] = reference.split("@");
  const tag = /:([^:/]+)$/.exec(withoutDigest)?.[1];
  return tag !== undefined && LABEL_VALUE.test(tag) ? { "app.kubernetes.io/version": tag } : {};
}
