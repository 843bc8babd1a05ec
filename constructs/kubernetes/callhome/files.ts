import { type Callhome, FILES_FOLDER, PRODUCTS_FILE } from "../../../platform/callhome";
import type { MountedFiles } from "../workload/mounts";

/** The products as the service reads them; nothing where every product is taken. */
export function callhomeFiles({ workload, products }: Callhome): MountedFiles | undefined {
  if (products.length === 0) return undefined;
  const file = PRODUCTS_FILE.slice(FILES_FOLDER.config.length + 1);
  return {
    name: `${workload.name}-files`,
    folder: FILES_FOLDER.config,
    content: { [file]: `${JSON.stringify({ products }, undefined, 2)}\n` },
  };
}
