import { Construct } from "constructs";
import type { LabelSelector, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from "../kinds";
import { PART_OF } from "../labels";
import { Manifest } from "../manifest";

/** Something that must be true of an object, and what whoever wrote it is told where it is not. */
export interface AdmissionRule {
  /** In CEL, as are all expressions here. */
  readonly expression: string;
  /** Told where {@link messageExpression} cannot be: the API server leaves out what has more than 5 KiB. */
  readonly message: string;
  /** @default - `message` */
  readonly messageExpression?: string;
}

export interface AdmissionPolicyProps {
  /** Of the policy and of its binding. */
  readonly name: string;
  /** What is judged, in every version, whenever it is made or changed. */
  readonly judged: { readonly apiGroup: string; readonly resources: readonly string[] };
  /** Namespaces in which it is judged. */
  readonly namespaces: LabelSelector;
  /**
   * Expressions that others read as `variables.<name>`, each of those before it, too.
   * @default {}
   */
  readonly variables?: Readonly<Record<string, string>>;
  readonly rules: readonly AdmissionRule[];
}

/**
 * What nobody may write whatever their rights are, judged by the API server itself. Whoever may change the policy is not held by it:
 * they could take it away, and must be able to repair what it would refuse.
 */
export class AdmissionPolicy extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AdmissionPolicyProps,
  ) {
    super(scope, id);
    this.addPolicy();
    this.addBinding();
  }

  private addPolicy(): void {
    const { name, judged, variables, rules } = this.props;
    new Manifest<ValidatingAdmissionPolicy>(this, "policy", {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name, labels: PART_OF },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [judged.apiGroup],
              apiVersions: ["*"],
              operations: ["CREATE", "UPDATE"],
              resources: judged.resources,
              scope: "Namespaced",
            },
          ],
        },
        matchConditions: [
          { name: "not-by-a-platform-team", expression: `!${mayChange(name)}` },
          { name: "not-merely-let-go", expression: `!(${isLetGo})` },
        ],
        variables: Object.entries(variables ?? {}).map(([key, expression]) => ({ name: key, expression })),
        validations: rules.map((rule) => ({ ...rule, reason: "Forbidden" })),
      },
    });
  }

  private addBinding(): void {
    const { name, namespaces } = this.props;
    new Manifest<ValidatingAdmissionPolicyBinding>(this, "binding", {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name, labels: PART_OF },
      spec: {
        policyName: name,
        matchResources: { namespaceSelector: namespaces },
        validationActions: ["Deny"],
      },
    });
  }
}

/**
 * Whether it is being deleted, and changes in nothing that counts: as controllers take off their finalizers. What was there before the policy could
 * otherwise never go.
 */
const isLetGo =
  "request.operation == 'UPDATE' && has(object.metadata.deletionTimestamp) && object.spec == oldObject.spec";

/** Whether whoever asks may change the policy. */
function mayChange(policy: string): string {
  const policies = "authorizer.group('admissionregistration.k8s.io').resource('validatingadmissionpolicies')";
  return `${policies}.name('${policy}').check('update').allowed()`;
}
