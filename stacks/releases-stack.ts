import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { Release as HelmRelease } from "@cdktf/provider-helm/lib/release";
import type { App } from "cdktf";
import type { Platform } from "../platform/platform";
import { EnvironmentStack, type StackSetting } from "./environment-stack";

/** A release as the stack installs it: where its chart lies is decided, and what it waits for is known. */
export interface PlacedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly needs: readonly string[];
  /** Path of a local chart seen from the stack's folder, or the name of a chart in `repository`. */
  readonly chart: string;
  readonly repository?: string;
  readonly version: string;
  /** Values of an upstream chart; own charts have none. */
  readonly values?: string;
  /** In seconds. */
  readonly timeout: number;
}

/** Revisions that Helm keeps of each release. Each is a Secret of the cluster; three are enough to roll back twice. */
const REVISIONS = 3;

/** Everything that is installed in the environment's cluster. */
export class ReleasesStack extends EnvironmentStack {
  static idOf(platform: Platform): string {
    return `${platform.name}-releases`;
  }

  constructor(scope: App, platform: Platform, setting: StackSetting, releases: readonly PlacedRelease[]) {
    super(scope, ReleasesStack.idOf(platform), platform, setting);
    const provider = new HelmProvider(this, "helm", { kubernetes: { configPath: setting.kubeconfig } });
    // The bindings pin the provider they were made from; the target may need another.
    provider.addOverride("version", undefined);
    this.addOverride("terraform.required_providers.helm.version", setting.helmProvider);
    const installed = new Map<string, HelmRelease>();
    for (const release of releases) {
      const { name, namespace, chart, repository, version, values, timeout } = release;
      const resource = new HelmRelease(this, name, {
        name,
        namespace,
        chart,
        repository,
        version,
        values: values === undefined ? undefined : [values],
        timeout,
        wait: true,
        // An upgrade that does not become ready is rolled back, so that what worked goes on working.
        atomic: true,
        cleanupOnFail: true,
        maxHistory: REVISIONS,
        dependsOn: release.needs.flatMap((need) => installed.get(need) ?? []),
      });
      resource.overrideLogicalId(name);
      installed.set(name, resource);
    }
  }
}
