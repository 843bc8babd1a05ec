import { existsSync } from "node:fs";
import { type Ask, answerOf } from "./ask";
import type { Unchecked } from "./finding";

/** A revision of a release, as Helm recorded it in the cluster. */
export interface HelmRecord {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** E.g. `deployed`, `superseded`, `pending-install`. */
  readonly status: string;
  /** When the record was written last. */
  readonly since?: Date;
}

/** Labels that Helm gives the Secret of each revision; of the last two it has one. */
const LABELS = "name,status,version,createdAt,modifiedAt";

/**
 * Every revision of every release of the cluster. The API server is asked for a table of the Secrets' labels, so that their
 * content, which may hold values somebody wants kept secret, does not even leave it.
 */
export function helmRecords(ask: Ask, kubeconfig: string, environment: string): readonly HelmRecord[] | Unchecked {
  const what = "Helm releases in the cluster";
  const renew = `npm run kubeconfig -- --env ${environment}`;
  if (!existsSync(kubeconfig))
    return { what, because: `there is no kubeconfig ${kubeconfig}`, cure: `write it: ${renew}` };
  const answer = answerOf(ask, "kubectl", [
    ...["--kubeconfig", kubeconfig, "--request-timeout=20s", "get", "secrets", "--all-namespaces"],
    ...["--selector=owner=helm", `--label-columns=${LABELS}`, "--no-headers"],
  ]);
  if (answer.ok) return recordsIn(answer.text);
  return {
    what,
    because: answer.because,
    cure: `check that kubectl --kubeconfig ${kubeconfig} get nodes works, or renew the file: ${renew}`,
  };
}

/** Reads the table: namespace, Secret, type, number of entries, age, and the labels that are there. */
export function recordsIn(table: string): HelmRecord[] {
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , type]) => type === "helm.sh/release.v1")
    .map(([namespace = "", , , , , name = "", status = "", revision, ...times]) => {
      const seconds = Number(times.at(-1));
      return {
        name,
        namespace,
        revision: Number(revision),
        status,
        since: seconds > 0 ? new Date(seconds * 1000) : undefined,
      };
    });
}
