/** probes · run. Packs programs that run elsewhere, each as one file with all it needs; and the canary as Synthetics wants
 *  it: `nodejs/node_modules/holdfast.js`, with all but the canary library, which the runtime brings. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";

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

/** The file's text. The same sources give the same text, so nothing is deployed anew without reason. Throws what
 *  esbuild finds wrong. */
export async function pack({ entry, format, target, external = [] }: Packed): Promise<string> {
  const { outputFiles } = await build({
    ...(typeof entry === "string"
      ? { entryPoints: [entry] }
      : { stdin: { contents: entry.text, resolveDir: entry.from, loader: "ts" } }),
    write: false,
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
  return outputFiles[0]?.text ?? "";
}

const requireBanner =
  'import { createRequire as holdfastRequire } from "node:module"; const require = holdfastRequire(import.meta.url);';

const canary = `
import { synthetics } from "@aws/synthetics-core";
import { canary } from "./canary.ts";
export const handler = canary(synthetics);
`;

/** Writes the file under a directory, which can then be zipped as it is; the canary's handler is `holdfast.handler`. */
export async function bundleCanary(directory: string): Promise<void> {
  const file = join(directory, "nodejs/node_modules/holdfast.js");
  const text = await pack({
    entry: { text: canary, from: import.meta.dirname },
    format: "cjs",
    target: "node20", // the oldest that a current canary runtime has
    external: ["@aws/synthetics-core"],
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
