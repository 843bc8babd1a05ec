export { documentOf } from "./document-of";
export { renderCloudInit } from "./render/cloud-init";
export { renderScript } from "./render/script";
export type { RoleDocument, RoleFile, RoleUnit } from "./role-document";
