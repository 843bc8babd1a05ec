import type { PodSecurityContext, SecurityContext } from "../kinds";

/** User and group of every container of ours: no user of a host, and none that an image is likely to have. */
const UNPRIVILEGED_ID = 10001;

/** What Pod Security level `restricted` asks of a pod, and an explicit user besides. */
export const restrictedPod: PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: UNPRIVILEGED_ID,
  runAsGroup: UNPRIVILEGED_ID,
  fsGroup: UNPRIVILEGED_ID,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** What `restricted` asks of a container, and a root file system that nobody can write. */
export const restrictedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
};
