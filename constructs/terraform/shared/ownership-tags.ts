/** Tag of everything an environment owns in AWS; `doctor` finds by it what no state knows any more. */
export const ENVIRONMENT_TAG = "bastide.dev/environment";

/** Tag that names the stack whose state should know the resource. */
export const STACK_TAG = "bastide.dev/stack";

/** What every resource of a stack is tagged with. */
export function ownershipTags(environment: string, stack: string): Record<string, string> {
  return { [ENVIRONMENT_TAG]: environment, [STACK_TAG]: stack, "managed-by": "bastide" };
}
