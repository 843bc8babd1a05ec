import type { Finding } from "./finding";
import type { HelmRecord } from "./helm-records";
import type { LockVerdict } from "./locks";
import { commandLine } from "./shell";
import { inFolder, type StackFile } from "./stack-file";
import type { KnownResource } from "./state";

/** A release of ours: of the stack as it is synthesized, or of its state. */
interface OwnRelease {
  readonly address: string;
  readonly name: string;
  readonly namespace: string;
}

export interface ReleasesProps {
  readonly stack: StackFile;
  /** Every revision that the cluster has, of whomever. */
  readonly records: readonly HelmRecord[];
  /** What the stack's state knows; undefined if it could not be read. */
  readonly known?: readonly KnownResource[];
  /** What the lock of the stack means; undefined if it is free or unknown. */
  readonly lock?: LockVerdict;
  readonly kubeconfig: string;
  readonly terraform: string;
}

/** Releases of ours that Helm holds for unfinished, or that run without any state knowing them. */
export function releaseFindings(props: ReleasesProps): Finding[] {
  const { stack, records, known = [] } = props;
  return ownReleases(stack, known).flatMap((release) => {
    const revisions = records
      .filter(({ name, namespace }) => name === release.name && namespace === release.namespace)
      .sort((a, b) => a.revision - b.revision);
    const last = revisions.at(-1);
    return last === undefined ? [] : findingsOf(release, last, revisions.slice(0, -1), props);
  });
}

function ownReleases({ resources }: StackFile, known: readonly KnownResource[]): OwnRelease[] {
  const synthesized = [...resources].filter(([address]) => address.startsWith("helm_release."));
  const inState = known
    .filter(({ type }) => type === "helm_release")
    .map(({ address, attributes }) => [address, attributes] as const);
  return [...new Map([...inState, ...synthesized])].map(([address, { name, namespace }]) => ({
    address,
    name: String(name),
    namespace: String(namespace ?? "default"),
  }));
}

/** States in which a revision has once been complete, so that one can return to it. */
const COMPLETE = ["deployed", "superseded"];

function findingsOf(
  release: OwnRelease,
  last: HelmRecord,
  earlier: readonly HelmRecord[],
  props: ReleasesProps,
): Finding[] {
  const { stack, known, lock, terraform } = props;
  const good = earlier.findLast(({ status }) => COMPLETE.includes(status));
  const adopt =
    known === undefined || known.some(({ address }) => address === release.address)
      ? []
      : inFolder(stack, terraform, "import", release.address, `${release.namespace}/${release.name}`);
  const common = { kind: "release", where: `${release.namespace}/${release.name}`, since: last.since } as const;
  const found = `${last.status}, revision ${last.revision}`;

  const settled = lock === undefined || lock === "left-behind";
  if (COMPLETE.includes(last.status)) {
    if (adopt.length === 0 || !settled) return [];
    const why = `The release runs, but the state of ${stack.name} does not know it, so the next deploy would try to install it again and be refused. The import makes it known; nothing in the cluster changes.`;
    return [{ ...common, found: `${found}, in no state`, why, commands: adopt }];
  }
  if (!settled) {
    const why = "A deployment may be at work on it. Ask again when the lock of its stack is gone.";
    return [{ ...common, found, why, commands: [] }];
  }
  if (good === undefined) {
    const why = `An installation was cut off. Helm refuses to install under a name that is in use, so every deploy fails here until what is there of it has been removed. No earlier revision was ever complete, so nothing that worked is lost.`;
    return [{ ...common, found, why, commands: [helm(props, release, "uninstall")] }];
  }
  if (last.status === "failed") {
    const why = `An upgrade failed and was not rolled back. The next deploy upgrades from revision ${good.revision}, the last complete one; nothing must be mended first.`;
    return [{ ...common, found, why, commands: adopt }];
  }
  const why = `An upgrade was cut off. Helm refuses another one until the release is back at revision ${good.revision}, the last complete one; the next deploy then upgrades it again.`;
  return [{ ...common, found, why, commands: [helm(props, release, "rollback", String(good.revision)), ...adopt] }];
}

function helm({ kubeconfig }: ReleasesProps, { name, namespace }: OwnRelease, verb: string, ...more: string[]): string {
  return commandLine("helm", verb, name, ...more, "--namespace", namespace, "--kubeconfig", kubeconfig);
}
