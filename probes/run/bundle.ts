/** probes · run. Packs programs that run elsewhere, each as one file with all it needs; and the canary as Synthetics wants
 *  it: `nodejs/node_modules/holdfast.js`, with all but the canary library, which the runtime brings. */
import { join } from "node:path";
import { build, version } from "esbuild";
import { kept, type Made } from "./kept.ts";

export type Packed = {
  /** A file's path, or a program's text and the directory its imports start from. */
  entry: string | { text: string; from: string };
  /** `cjs` for hosts that call `require`. */
  format: "esm" | "cjs";
  /** Of the oldest Node that runs it, such as `node24`. */
  target: string;
  /** Packages that the host brings. */
  external?: string[];
};

const root = join(import.meta.dirname, "../..");
/** What decides how imports are resolved, and is no source itself. */
const resolution = ["package.json", "package-lock.json", "tsconfig.json"].map((name) => join(root, name));

/** The file's text. The same sources give the same text, so nothing is deployed anew without reason. Throws what
 *  esbuild finds wrong. `keepIn`: a folder where it is kept for whoever packs the same again. */
export async function pack(what: Packed, keepIn?: string): Promise<string> {
  if (keepIn === undefined) return (await packed(what)).text;
  return kept(keepIn, { version, ...what }, () => packed(what));
}

async function packed({ entry, format, target, external = [] }: Packed): Promise<Made> {
  const { outputFiles, metafile } = await build({
    ...(typeof entry === "string"
      ? { entryPoints: [entry] }
      : { stdin: { contents: entry.text, resolveDir: entry.from, loader: "ts" } }),
    absWorkingDir: root, // what is packed names some sources, and is to name them alike from wherever it is packed
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    target,
    format,
    external,
    // Packages written as CommonJS ask for `require`, which an ES module has not.
    ...(format === "esm" ? { banner: { js: requireBanner } } : {}),
    ...(format === "esm" ? { mainFields: ["module", "main"] } : {}), // what is written as ES modules can be shaken
    minifySyntax: true, // keeps names and lines, which an error's trail needs
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent", // errors are thrown
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path !== "<stdin>");
  return {
    text: outputFiles[0]?.text ?? "",
    sources: [...inputs.map((path) => join(root, path)), ...resolution],
  };
}

const requireBanner =
  'import { createRequire as holdfastRequire } from "node:module"; const require = holdfastRequire(import.meta.url);';

const canary = `
import { synthetics } from "@aws/synthetics-core";
import { canary } from "./canary.ts";
export const handler = canary(synthetics);
`;

/** The canary's one file, where the runtime looks for it (Synthetics API, StartCanaryDryRun); its handler is
 *  `holdfast.handler`. `keepIn` as for `pack`. */
export async function packCanary(
  keepIn?: string,
): Promise<Record<"nodejs/node_modules/holdfast.js", string>> {
  const what: Packed = {
    entry: { text: canary, from: import.meta.dirname },
    format: "cjs",
    target: "node20", // the oldest that a current canary runtime has
    external: ["@aws/synthetics-core"],
  };
  return { "nodejs/node_modules/holdfast.js": await pack(what, keepIn) };
}
