/**
 * How a machine asks AWS about itself. Only with a session token (IMDSv2), and the answer goes one hop: to the machine itself
 * and to pods that share its network, such as the CNI, and to no other container. So no application can take the rights of
 * the node it runs on; what needs rights has a role of its own (EKS Pod Identity).
 */
export const METADATA_OPTIONS = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
} as const;
