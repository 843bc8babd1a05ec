import type { KubernetesObject } from "../../platform/shared/release";
import { output } from "../support/output";

/** What is promised of every container that any environment runs. */
interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources?: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
  readonly securityContext?: Record<string, unknown>;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
}

interface Pod {
  readonly where: string;
  readonly namespace: string;
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly securityContext?: Record<string, unknown>;
    readonly automountServiceAccountToken?: boolean;
    readonly priorityClassName?: string;
  };
}

const pods = output().objects.flatMap(({ environment, object }) => podsOf(environment, object));
const containers = pods.flatMap(({ where, spec }) =>
  [...spec.containers, ...(spec.initContainers ?? [])].map((container) => ({
    where: `${where}/${container.name}`,
    container,
    spec,
  })),
);

/** What of an object may lead to a pod. */
interface Template {
  readonly spec?: Template & Partial<Pod["spec"]>;
  readonly template?: Template;
  readonly jobTemplate?: Template;
}

function podsOf(environment: string, object: KubernetesObject): Pod[] {
  const { kind, metadata } = object;
  const top = object as Template;
  const owner = kind === "CronJob" ? top.spec?.jobTemplate : top;
  const spec = kind === "Pod" ? top.spec : owner?.spec?.template?.spec;
  if (spec?.containers === undefined) return [];
  const where = `${environment}/${kind}/${metadata.name}`;
  return [{ where, namespace: metadata.namespace ?? "", spec: { ...spec, containers: spec.containers } }];
}

/** Names of the containers that break a promise. */
const breaking = (broken: (container: Container, pod: Pod["spec"]) => boolean) =>
  containers.filter(({ container, spec }) => broken(container, spec)).map(({ where }) => where);

test("there are containers to promise something about", () => expect(containers.length).toBeGreaterThanOrEqual(3));

test("every container has requests and limits of processor time and memory", () => {
  const amounts = ({ resources }: Container) => [
    resources?.requests?.cpu,
    resources?.requests?.memory,
    resources?.limits?.cpu,
    resources?.limits?.memory,
  ];
  expect(breaking((container) => amounts(container).includes(undefined))).toEqual([]);
});

test("every container runs restricted: not root, read-only, no privilege, no capability, default seccomp", () => {
  expect(
    breaking(({ securityContext }, pod) => {
      const context = { ...pod.securityContext, ...securityContext };
      const capabilities = context.capabilities as { drop?: string[]; add?: string[] } | undefined;
      const seccomp = context.seccompProfile as { type?: string } | undefined;
      return !(
        context.runAsNonRoot === true &&
        context.readOnlyRootFilesystem === true &&
        context.allowPrivilegeEscalation === false &&
        context.privileged !== true &&
        capabilities?.drop?.includes("ALL") &&
        !capabilities.add?.length &&
        seccomp?.type === "RuntimeDefault"
      );
    }),
  ).toEqual([]);
});

test("every image has an exact tag or a digest", () => {
  expect(breaking(({ image }) => !/(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image))).toEqual([]);
});

test("every container that serves is probed for life and readiness", () => {
  const probed = pods
    .filter(({ where }) => /Deployment|StatefulSet|DaemonSet/.test(where))
    .flatMap(({ spec }) => spec.containers);
  expect(
    probed.filter(({ livenessProbe, readinessProbe }) => !livenessProbe || !readinessProbe).map(({ name }) => name),
  ).toEqual([]);
});

test("no pod carries a token it does not need, and every pod has a priority", () => {
  expect(
    pods
      .filter(({ spec }) => spec.automountServiceAccountToken !== false || !spec.priorityClassName)
      .map(({ where }) => where),
  ).toEqual([]);
});

test("what the model says a workload asks for is what its manifest asks for", () => {
  const { objects, made } = output();
  const stated = made.flatMap(({ platform }) =>
    platform.footprints
      .filter(({ owner: [part = ""] }) => ["apps", "callhome"].includes(part))
      .map(({ namespace, replicas, least = replicas, resources }) => ({
        of: `${platform.name}/${namespace}`,
        replicas: [least, replicas],
        resources: JSON.parse(JSON.stringify(resources)),
      })),
  );
  const asked = objects
    .filter(({ object }) => ["Deployment", "Job"].includes(object.kind))
    .map(({ environment, object }) => {
      const { namespace = "", name } = object.metadata;
      const spec = object.spec as { replicas?: number; template: { spec: { containers: Container[] } } };
      const scaler = objects.find(
        (other) =>
          other.environment === environment &&
          other.object.kind === "HorizontalPodAutoscaler" &&
          other.object.metadata.namespace === namespace &&
          other.object.metadata.name === name,
      )?.object.spec as { minReplicas: number; maxReplicas: number } | undefined;
      const fixed = spec.replicas ?? (object.kind === "Job" ? 1 : undefined);
      return {
        of: `${environment}/${namespace}`,
        // Two that both say how many replicas there are would fight over it.
        replicas: scaler && fixed === undefined ? [scaler.minReplicas, scaler.maxReplicas] : [fixed, fixed],
        resources: spec.template.spec.containers[0]?.resources,
      };
    });
  expect(stated).toEqual(expect.arrayContaining(asked));
  expect(asked).toEqual(expect.arrayContaining(stated));
  expect(asked.length).toBe(stated.length);
});

test("every namespace with pods denies all traffic that is not allowed", () => {
  const denied = new Set(
    output()
      .objects.filter(({ object }) => {
        const spec = object.spec as {
          podSelector?: object;
          policyTypes?: string[];
          ingress?: unknown[];
          egress?: unknown[];
        };
        const all = object.kind === "NetworkPolicy" && Object.keys(spec.podSelector ?? { any: 1 }).length === 0;
        return all && spec.policyTypes?.length === 2 && !spec.ingress?.length && !spec.egress?.length;
      })
      .map(({ environment, object }) => `${environment}/${object.metadata.namespace}`),
  );
  const open = pods.filter(({ where, namespace }) => !denied.has(`${where.split("/")[0]}/${namespace}`));
  expect(open.map(({ where }) => where)).toEqual([]);
});
