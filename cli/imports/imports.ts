import { existsSync, readFileSync } from "node:fs";
import { isNativeError } from "node:util/types";
import { type CrdSet, coreKinds, crdSets } from "../../constructs/imports/catalogue";
import { locate, type MissingFile, missingFile, readCrds } from "./crd-files";
import { type Files, filesOfCore, filesOfSet } from "./generate";
import type { OpenApi } from "./strict-core";
import { differences, write } from "./tree";

export interface ImportsOptions {
  /** Folder that holds the generated folders, `constructs/imports`. */
  readonly root: string;
  /** Folder of upstream CRD files; without it the CRD part is left as it is. */
  readonly crds?: string;
  /** File with the answer to `kubectl get --raw /openapi/v2`; without it the core part is left as it is. */
  readonly openapi?: string;
  /** Compare only, and write nothing. */
  readonly check?: boolean;
  /** @default the catalogue's */
  readonly sets?: readonly CrdSet[];
}

/** What the command did, as lines for the person at the keyboard, and its exit code. */
export interface ImportsResult {
  /** 0 done or equal, 1 the committed files differ or the input is wrong, 3 input is missing. */
  readonly exitCode: 0 | 1 | 3;
  readonly lines: readonly string[];
}

const CORE_FILE = "schemas/kubernetes.json";

/** Regenerates CRDs, schemas and types, or compares them with the committed ones. */
export function imports({ root, crds, openapi, check = false, sets = crdSets }: ImportsOptions): ImportsResult {
  if (crds === undefined && openapi === undefined) return { exitCode: 3, lines: whereFrom(sets) };
  if (openapi !== undefined && !existsSync(openapi)) {
    return {
      exitCode: 3,
      lines: [`${openapi} does not exist: save the output of kubectl get --raw /openapi/v2 there`],
    };
  }
  try {
    const { files, missing } = crds === undefined ? NOTHING : filesOfSets(crds, sets);
    if (missing.length > 0) return { exitCode: 3, lines: downloads(missing) };
    const core = openapi === undefined ? NOTHING.files : filesOfCore(readOpenApi(openapi), coreKinds);
    const generated: Files = new Map([...files, ...core]);
    const owns = (path: string) => (path === CORE_FILE ? openapi : isGenerated(path) ? crds : undefined) !== undefined;
    const changes = differences(root, generated, owns);
    if (!check) write(root, generated, changes);
    return {
      exitCode: check && changes.length > 0 ? 1 : 0,
      lines: [
        ...changes.map(({ path, what }) => `${what === "left over" && !check ? "removed" : what}  ${path}`),
        summary(generated.size, changes.length, check),
        ...notCompared(crds, openapi, check),
      ],
    };
  } catch (error) {
    return { exitCode: 1, lines: [isNativeError(error) ? error.message : String(error)] };
  }
}

const NOTHING: { readonly files: Files; readonly missing: readonly MissingFile[] } = { files: new Map(), missing: [] };

function isGenerated(path: string): boolean {
  return /^(crds|schemas|types)\//.test(path);
}

function filesOfSets(
  folder: string,
  sets: readonly CrdSet[],
): { readonly files: Files; readonly missing: readonly MissingFile[] } {
  const located = sets.map((set) => ({ set, ...locate(folder, set) }));
  const missing = located.flatMap((each) => each.missing);
  if (missing.length > 0) return { files: NOTHING.files, missing };
  return { files: new Map(located.flatMap(({ set, paths }) => [...filesOfSet(set, readCrds(paths))])), missing };
}

/** @throws Error when the file is no OpenAPI v2 document, or one of another Kubernetes version than the catalogue's */
function readOpenApi(path: string): OpenApi {
  const document = parsed(readFileSync(path, "utf8"));
  if (!document?.definitions || !document.info) {
    throw new Error(`${path} is not an OpenAPI v2 document: save the output of kubectl get --raw /openapi/v2`);
  }
  const { version } = document.info;
  if (version !== coreKinds.version) {
    throw new Error(
      `${path} comes from Kubernetes ${version}, but the catalogue says ${coreKinds.version}: ask a control plane of that version, or change coreKinds in the catalogue`,
    );
  }
  return document as OpenApi;
}

function parsed(text: string): Partial<OpenApi> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function summary(files: number, changes: number, check: boolean): string {
  if (changes === 0) return `${files} generated files are up to date`;
  return check
    ? `${changes} of the generated files are not what npm run imports makes: run it and commit the result`
    : `${changes} files written or removed, ${files} generated in all`;
}

function notCompared(crds: string | undefined, openapi: string | undefined, check: boolean): string[] {
  const verb = check ? "not compared" : "left as they are";
  return [
    ...(crds === undefined ? [`custom kinds ${verb}: no --crds`] : []),
    ...(openapi === undefined ? [`built-in kinds ${verb}: no --openapi`] : []),
  ];
}

function whereFrom(sets: readonly CrdSet[]): string[] {
  return [
    "nothing to import from: name an input with --crds or --openapi",
    "",
    "  --crds DIR      folder of upstream CRD files (or the variable BASTIDE_CRDS)",
    `  --openapi FILE  output of kubectl get --raw /openapi/v2 of a Kubernetes ${coreKinds.version} control plane`,
    "",
    ...downloads(sets.flatMap((set) => set.files.map((file) => missingFile("DIR", set, file)))),
  ];
}

function downloads(missing: readonly MissingFile[]): string[] {
  return [
    "CRD files to download:",
    ...missing.map(({ path, address }) => `  curl --create-dirs -fsSLo ${path} ${address}`),
  ];
}
