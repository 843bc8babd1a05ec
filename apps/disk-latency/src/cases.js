/**
 * What is measured.
 *
 * @typedef {{ name: string, bytes: number | undefined, sync: boolean, distinct: boolean, workers: number, runs: number, warmUp: number }} Case
 */

/**
 * `compat`: exactly what the old program did. One thread, one file name, no warm-up, nothing waits for the device.
 *
 * @param {number} runs @returns {Case[]}
 */
export function compat(runs) {
  return [{ name: "compat", bytes: undefined, sync: false, distinct: false, workers: 1, runs, warmUp: 0 }];
}

const SIZES = [74, 64 * 1024, 1024 * 1024];
const WORKERS = [1, 4, 16];

/**
 * `extended`: what the old one does not tell. Data is on the device before the file is closed, files of three sizes, each run a file
 * of its own, one to sixteen at once, after a warm-up.
 *
 * @param {number} runs of each worker @returns {Case[]}
 */
export function extended(runs) {
  return SIZES.flatMap((bytes) =>
    WORKERS.map((workers) => ({
      name: `${sizeText(bytes)} x${workers}`,
      bytes,
      sync: true,
      distinct: true,
      workers,
      runs,
      warmUp: Math.min(100, runs),
    })),
  );
}

/** @param {number} bytes */
function sizeText(bytes) {
  if (bytes >= 1024 * 1024) return `${bytes / 1024 / 1024} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}
