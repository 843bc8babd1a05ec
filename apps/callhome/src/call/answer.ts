import type { Product } from "../config/products";
import { compareVersions } from "./version-order";

/** What a call is told about its own version. Nothing in it depends on the licence or on the user. */
export interface Advice {
  readonly latest: string | null;
  readonly outdated: boolean;
  readonly alerts: readonly { id: string; level: string; message: string; url?: string }[];
  /** Seconds. The client spreads it by a quarter to both sides, so that calls do not come in waves. */
  readonly nextCallIn: number;
}

/** The advice for one version of a product. */
export function adviceFor(product: Product, version: string): Advice {
  const { latest, alerts, nextCallIn } = product;
  return {
    latest: latest ?? null,
    outdated: latest !== undefined && compareVersions(version, latest) < 0,
    alerts: alerts
      .filter(({ below }) => below === undefined || compareVersions(version, below) < 0)
      .map(({ below: _, ...alert }) => alert),
    nextCallIn,
  };
}
