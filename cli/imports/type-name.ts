/** `HTTPRoute` as `HttpRoute`, `basicAuth` as `BasicAuth`, `client-id` as `ClientId`: one word style for all types. */
export function typeName(name: string): string {
  return name
    .replace(
      /([A-Z])([A-Z]+)(?=[A-Z][a-z]|[^A-Za-z]|$)/g,
      (_, first: string, rest: string) => first + rest.toLowerCase(),
    )
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
