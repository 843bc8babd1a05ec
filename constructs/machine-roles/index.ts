export { documentDigests, programDigest } from "./digest";
export { baseDocumentOf, documentOf, ownDocumentOf } from "./document-of";
export { renderCloudInit } from "./render/cloud-init";
export { APPLIED_FROM, renderDescription, renderScript } from "./render/script";
export type { RoleDocument, RoleFile, RoleUnit } from "./role-document";
export { type MachineSecret, managedSecretName, SECRETS_FOLDER, secretsOf } from "./secrets";
