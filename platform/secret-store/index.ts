import { domain } from "../shared/domain";
import { checkSecretStore } from "./checks";
import { resolveSecretStore } from "./resolve";
import { secretStoreSpec } from "./spec";

export type { ExternalSecrets, SecretSource, SecretStore, SecretStoreModel } from "./resolve";
export { remoteKey } from "./resolve";

/** Who delivers the secrets that the other domains require. */
export const secretStore = domain({
  schema: secretStoreSpec,
  needs: ["network", "cluster"],
  resolve: resolveSecretStore,
  check: checkSecretStore,
});
