import { latencyImage } from "./latency-image";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { table } from "./table";

/**
 * Lists the images of our own that an environment runs, and the one that its storage is measured with, by the exact reference that
 * manifests name, and the commands that build and push them. The tag is the content hash of the image's folder: build it again only when it changed.
 */
export function images(variables: Variables, { env }: { readonly env: string }): void {
  const [platform] = loadPlatforms(variables, loadTarget(variables), [env]);
  const workloads = platform?.workloads ?? [];
  const measuring = platform && platform.storage.classes.length > 0 ? [latencyImage(platform.registry)] : [];
  const own = [...workloads.map(({ image }) => image), ...measuring].filter((image) => image.own !== undefined);
  const byReference = new Map(own.map((image) => [image.reference, `apps/${image.own}`]));
  if (byReference.size === 0) {
    process.stdout.write(`${env} runs no image of our own\n`);
    return;
  }
  const rows = [...byReference].map(([reference, folder]) => [folder, reference]);
  const commands = [...byReference].map(
    ([reference, folder]) => `  docker build --tag ${reference} ${folder} && docker push ${reference}`,
  );
  process.stdout.write(
    `${[table([["folder", "image"], ...rows]), "", "Build and push what the registry does not have yet:", ...commands].join("\n")}\n`,
  );
}
