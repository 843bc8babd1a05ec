import type { Cluster } from "../../../platform/cluster";
import type { SecretRef } from "../../../platform/shared/secrets";
import type { Workload } from "../../../platform/shared/workload";
import type { Container, PodSpec, Probe, SleepHandler } from "../kinds";
import { PRIORITY } from "../priorities";
import { resourceTexts } from "../resources";
import { type Mounted, mountsOf, volumesOf } from "./mounts";
import { type Placed, placementOf } from "./placement";
import { restrictedContainer, restrictedPod } from "./security";

export interface PodSpecProps extends Pick<Mounted, "files"> {
  readonly app: Workload;
  readonly cluster: Cluster;
}

/**
 * How long an ending pod goes on serving, in seconds: until every proxy of the cluster has heard that it is leaving. Without
 * it, a rolling update loses the requests that were still sent to it.
 */
const LEAVE_SECONDS = 10;

/** How long a container then has to finish what it has begun, in seconds. */
const FINISH_SECONDS = 30;

/** The pod of a workload. */
export function podSpec({ app, cluster, files }: PodSpecProps): PodSpec {
  const mounted = { ...app, files };
  return {
    ...podBasics(app, app, cluster),
    terminationGracePeriodSeconds: LEAVE_SECONDS + FINISH_SECONDS,
    containers: [
      {
        ...containerBasics(app, app),
        ports: portsOf(app),
        ...probesOf(app),
        lifecycle: { preStop: leaving as NonNullable<Container["lifecycle"]>["preStop"] },
        volumeMounts: mountsOf(mounted),
      },
    ],
    volumes: volumesOf(mounted),
  };
}

/** What a container needs to start, whether it serves or ends by itself. */
export interface Started extends Placed {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
}

/** What every pod of a workload has, whether it serves or does a task. */
export function podBasics(started: Started, { name, image }: Workload, cluster: Cluster) {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod,
    priorityClassName: PRIORITY.application,
    ...(image.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: image.pullSecret }] }),
    ...placementOf(started, cluster),
  };
}

/** What every container of a workload has. */
export function containerBasics(started: Started, { image }: Workload) {
  return {
    name: started.name,
    image: image.reference,
    imagePullPolicy: "IfNotPresent",
    ...environmentOf(started),
    resources: resourceTexts(started.footprint.resources),
    securityContext: restrictedContainer,
  };
}

/** Done by the kubelet itself: an image needs no shell for it. */
const leaving: SleepHandler = { sleep: { seconds: LEAVE_SECONDS } };

/** Settings first, then secrets, each in the order in which they are described. */
function environmentOf({ env, secrets }: Started): Pick<Container, "env"> {
  const variables = [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
  return variables.length === 0 ? {} : { env: variables };
}

/** The name of the port of metrics and of the question whether it lives. */
export function operationsPortOf({ operationsPort }: Workload): "http" | "operations" {
  return operationsPort === undefined ? "http" : "operations";
}

function portsOf({ port, operationsPort }: Workload): NonNullable<Container["ports"]> {
  const ports = [{ name: "http", containerPort: port, protocol: "TCP" }];
  if (operationsPort === undefined) return ports;
  return [...ports, { name: "operations", containerPort: operationsPort, protocol: "TCP" }];
}

/**
 * Up to two minutes to start; out of the Service after ten seconds of silence; restarted only after a minute of it, because a
 * restart seldom helps an application that waits for something else. Readiness is asked where requests will come.
 */
function probesOf(app: Workload): Required<Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe">> {
  const { health, ready = health } = app;
  const probe = (path: string, port: string, periodSeconds: number, failureThreshold: number): Probe => ({
    httpGet: { path, port },
    periodSeconds,
    timeoutSeconds: 3,
    failureThreshold,
  });
  const operations = operationsPortOf(app);
  return {
    startupProbe: probe(health, operations, 2, 60),
    readinessProbe: probe(ready, "http", 5, 2),
    livenessProbe: probe(health, operations, 10, 6),
  };
}
