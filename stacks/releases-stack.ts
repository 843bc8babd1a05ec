import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { Release as HelmRelease } from "@cdktf/provider-helm/lib/release";
import type { App } from "cdktf";
import { TerraformData } from "../constructs/terraform/shared/terraform-data";
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
  /** With other values it is removed and installed again. */
  readonly fixed?: Readonly<Record<string, unknown>>;
}

/** Revisions that Helm keeps of each release. Each is a Secret of the cluster; three are enough to roll back twice. */
const REVISIONS = 3;

/** Addresses by type, then by name. */
type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * A Helm release of which every value is known when it is made. cdktf looks for placeholders in every text of a resource, twice,
 * which would be most of what one more release costs; here are none, for what a release waits for is named by its address.
 */
class KnownRelease extends HelmRelease {
  /** Nothing to look through: {@link ReleasesStack} adds what is {@link known}. */
  override toTerraform(): object {
    return {};
  }

  known(): Readonly<Record<string, unknown>> {
    const { resource } = super.toTerraform() as { resource: Resources };
    return resource[HelmRelease.tfResourceType] ?? {};
  }
}

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
    for (const release of releases) {
      const { name, namespace, needs, chart, repository, version, values, timeout, fixed } = release;
      const resource = new KnownRelease(this, name, {
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
        ...(fixed === undefined ? {} : { lifecycle: { replaceTriggeredBy: this.addFixed(name, fixed) } }),
      });
      resource.overrideLogicalId(name);
      resource.dependsOn = needs.map((need) => `${HelmRelease.tfResourceType}.${need}`);
    }
  }

  /**
   * Each by itself: one that is new or gone replaces nothing.
   *
   * @returns addresses of what changes with the values, so that a plan shows them
   */
  private addFixed(release: string, fixed: Readonly<Record<string, unknown>>): string[] {
    return Object.entries(fixed).map(([key, input]) => {
      const data = new TerraformData(this, `${release}:${key}`, { input });
      data.overrideLogicalId(`${release}_${key}`);
      return `${data.terraformResourceType}.${release}_${key}`;
    });
  }

  override toTerraform(): { readonly resource: Resources } {
    const releases = this.node.children.filter((child) => child instanceof KnownRelease);
    const known = Object.assign({}, ...releases.map((release) => release.known()));
    const { resource, ...rest } = super.toTerraform() as { resource?: Resources };
    return { ...rest, resource: { ...resource, [HelmRelease.tfResourceType]: known } };
  }
}
