import type { ExternalSecrets } from "../../../platform/secret-store";
import type { Footprint } from "../../../platform/shared/footprint";
import { PRIORITY } from "../priorities";
import { resourceTexts } from "../resources";

interface ProgramValues {
  readonly replicaCount: number;
  readonly resources: ReturnType<typeof resourceTexts>;
  readonly priorityClassName: string;
  readonly podDisruptionBudget: { readonly enabled: boolean; readonly minAvailable: number };
}

/** The part of the values of chart `external-secrets` that we set. */
export interface ExternalSecretsValues extends ProgramValues {
  readonly installCRDs: boolean;
  readonly leaderElect: boolean;
  readonly processSecretStore: boolean;
  readonly processClusterExternalSecret: boolean;
  readonly processClusterGenerator: boolean;
  readonly processPushSecret: boolean;
  readonly processClusterPushSecret: boolean;
  readonly rbac: {
    readonly aggregateToView: boolean;
    readonly aggregateToEdit: boolean;
    readonly aggregateToAdmin: boolean;
  };
  readonly serviceAccount: { readonly name: string };
  readonly serviceMonitor: { readonly enabled: boolean; readonly renderMode: "alwaysRender" };
  readonly webhook: ProgramValues;
  readonly certController: ProgramValues;
}

/** Values of External Secrets. */
export function externalSecretsValues({ serviceAccount, workloads }: ExternalSecrets): ExternalSecretsValues {
  return {
    installCRDs: false,
    ...programValues(workloads.controller),
    leaderElect: true,
    // Of all that it can do, it delivers secrets from the one store of the cluster; nobody can make it do more.
    processSecretStore: false,
    processClusterExternalSecret: false,
    processClusterGenerator: false,
    processPushSecret: false,
    processClusterPushSecret: false,
    // Who may write an ExternalSecret reads every secret that the store holds for that namespace: no team gets that by the way.
    rbac: { aggregateToView: false, aggregateToEdit: false, aggregateToAdmin: false },
    serviceAccount: { name: serviceAccount },
    // The chart looks for the CRD in the cluster otherwise, and a chart that is rendered without one would have no monitor.
    serviceMonitor: { enabled: true, renderMode: "alwaysRender" },
    webhook: programValues(workloads.webhook),
    certController: programValues(workloads.certController),
  };
}

function programValues({ replicas, resources }: Footprint): ProgramValues {
  const count = Number(replicas);
  return {
    replicaCount: count,
    resources: resourceTexts(resources),
    priorityClassName: PRIORITY.platform,
    podDisruptionBudget: { enabled: count > 1, minAvailable: 1 },
  };
}
