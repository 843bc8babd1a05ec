import { goModule } from "../programs";

/** Reads compose files as docker compose does, whose plugin Debian 12 has not: by the same library, at the same version. */
export const compose = goModule({ name: "compose", title: "a reader of compose files", time: "about 1 minute" });
