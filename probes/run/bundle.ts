/** probes · run. Packs the canary as Synthetics wants it: one CommonJS file, `nodejs/node_modules/holdfast.js`, with all
 *  it needs but the canary library, which the runtime brings. */
import { join } from "node:path";
import { build } from "esbuild";

const entry = `
import { synthetics } from "@aws/synthetics-core";
import { canary } from "./canary.ts";
export const handler = canary(synthetics);
`;

/** Writes the file under a directory, which can then be zipped as it is; the canary's handler is `holdfast.handler`. */
export async function bundleCanary(directory: string): Promise<void> {
  await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname, loader: "ts" },
    outfile: join(directory, "nodejs/node_modules/holdfast.js"),
    bundle: true,
    platform: "node",
    target: "node20", // the oldest that a current canary runtime has
    format: "cjs",
    external: ["@aws/synthetics-core"],
    logLevel: "silent", // errors are thrown
  });
}
