import type { App } from "../../../platform/apps";
import type { Cluster } from "../../../platform/cluster";
import type { Container, PodSpec, Probe, SleepHandler, Volume, VolumeMount } from "../kinds";
import { PRIORITY } from "../priorities";
import { resourceTexts } from "../resources";
import { placementOf } from "./placement";
import { restrictedContainer, restrictedPod } from "./security";

/** Files made at synthesis that a container finds in a folder, read-only. */
export interface MountedFiles {
  /** Name of the ConfigMap. */
  readonly name: string;
  readonly folder: string;
  /** Text by file name. */
  readonly content: Readonly<Record<string, string>>;
}

export interface PodSpecProps {
  readonly app: App;
  readonly cluster: Cluster;
  readonly pullSecret?: string;
  readonly files?: MountedFiles;
}

/**
 * How long an ending pod goes on serving, in seconds: until every proxy of the cluster has heard that it is leaving. Without
 * it, a rolling update loses the requests that were still sent to it.
 */
const LEAVE_SECONDS = 10;

/** How long a container then has to finish what it has begun, in seconds. */
const FINISH_SECONDS = 30;

/** Room for temporary files in memory-backed or node storage; the root file system is read-only. */
const TEMPORARY_ROOM = "64Mi";

/** The pod of an application. */
export function podSpec({ app, cluster, pullSecret, files }: PodSpecProps): PodSpec {
  return {
    serviceAccountName: app.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod,
    priorityClassName: PRIORITY.application,
    terminationGracePeriodSeconds: LEAVE_SECONDS + FINISH_SECONDS,
    ...(pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
    ...placementOf(app, cluster),
    containers: [container(app, files)],
    volumes: volumesOf(files),
  };
}

function container(app: App, files: MountedFiles | undefined): Container {
  return {
    name: app.name,
    image: app.image.reference,
    imagePullPolicy: "IfNotPresent",
    ports: [{ name: "http", containerPort: app.port, protocol: "TCP" }],
    ...environmentOf(app),
    resources: resourceTexts(app.footprint.resources),
    securityContext: restrictedContainer,
    ...probesOf(app),
    lifecycle: { preStop: leaving as NonNullable<Container["lifecycle"]>["preStop"] },
    volumeMounts: mountsOf(files),
  };
}

/** Done by the kubelet itself: an image needs no shell for it. */
const leaving: SleepHandler = { sleep: { seconds: LEAVE_SECONDS } };

/** Settings first, then secrets, each in the order in which they are described. */
function environmentOf({ env, secrets }: App): Pick<Container, "env"> {
  const variables = [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
  return variables.length === 0 ? {} : { env: variables };
}

/**
 * Up to two minutes to start; out of the Service after ten seconds of silence; restarted only after a minute of it, because a
 * restart seldom helps an application that waits for something else.
 */
function probesOf({ health }: App): Required<Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe">> {
  const probe = (periodSeconds: number, failureThreshold: number): Probe => ({
    httpGet: { path: health, port: "http" },
    periodSeconds,
    timeoutSeconds: 3,
    failureThreshold,
  });
  return { startupProbe: probe(2, 60), readinessProbe: probe(5, 2), livenessProbe: probe(10, 6) };
}

function volumesOf(files: MountedFiles | undefined): Volume[] {
  const temporary = { name: "tmp", emptyDir: { sizeLimit: TEMPORARY_ROOM } };
  return files === undefined ? [temporary] : [temporary, { name: "files", configMap: { name: files.name } }];
}

function mountsOf(files: MountedFiles | undefined): VolumeMount[] {
  const temporary = { name: "tmp", mountPath: "/tmp" };
  return files === undefined ? [temporary] : [temporary, { name: "files", mountPath: files.folder, readOnly: true }];
}
