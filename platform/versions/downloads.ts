/** Programs that machines run and that come neither from Debian nor from npm. Their digests are the environment's to state. */
export const downloads = {
  /**
   * Harbor's offline installer. `configuration` is what its harbor.yml calls its own form (`_version`), which a patch release
   * does not change. Source: goharbor/harbor v2.15.2, make/harbor.yml.tmpl.
   */
  harbor: { version: "2.15.2", configuration: "2.15.0" },
  /**
   * Docker's engine as Debian 12 and 13 have it. Harbor asks for 20.10.10 or newer. Source: packages.debian.org, docker.io.
   */
  docker: { versions: ["20.10.24", "26.1.5"] },
} as const;
