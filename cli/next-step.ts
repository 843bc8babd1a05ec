/** What an environment's first step depends on. */
export interface Made {
  readonly name: string;
  readonly hasCluster: boolean;
  /** Names of its stacks. */
  readonly stacks: readonly string[];
}

/** What to do next with the first environment that has anything to deploy; nothing if none has. */
export function nextStep(made: readonly Made[]): string | undefined {
  const first = made.find(({ stacks }) => stacks.length > 0);
  return first === undefined ? undefined : `Next: ${stepsOf(first).join(", then ")}`;
}

/** A cloud comes before its cluster can be reached, and writes its kubeconfig; what runs in a cluster is planned with one only. */
function stepsOf({ name, hasCluster, stacks }: Made): string[] {
  const releases = stacks.filter((stack) => stack === `${name}-releases`);
  const foundation = stacks.filter((stack) => !releases.includes(stack));
  const deploysFirst = foundation.includes(`${name}-cloud`);
  const diff = releases.length > 0 ? releases : deploysFirst ? [] : foundation;
  return [
    ...(deploysFirst ? [`npx cdktf deploy ${foundation.join(" ")}`] : []),
    ...(hasCluster && !deploysFirst ? [`npm run kubeconfig -- --env ${name}`] : []),
    ...(diff.length > 0 ? [`npx cdktf diff ${diff[0]}`] : []),
  ];
}
