/** dashboard. The few files a browser needs besides the page, read once, each under a name that changes with its
 *  content: what is cached is never old. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { MiddlewareHandler } from "hono";

const own = (name: string) => readFileSync(new URL(`./client/${name}`, import.meta.url));
const packaged = (name: keyof typeof packages) =>
  readFileSync(createRequire(import.meta.url).resolve(packages[name]));

/** Files of other packages, by the name they are asked for. */
export const packages = {
  // https://github.com/bigskysoftware/idiomorph: changes a page in place, so that focus and open parts stay.
  "idiomorph.js": "idiomorph/dist/idiomorph.min.js",
  // https://github.com/leeoniya/uPlot: charts, fetched only once they come into sight.
  "uplot.js": "uplot/dist/uPlot.iife.min.js",
  "uplot.css": "uplot/dist/uPlot.min.css",
} as const;

const files = {
  "style.css": { type: "text/css; charset=utf-8", bytes: own("style.css") },
  "live.js": { type: "text/javascript; charset=utf-8", bytes: own("live.js") },
  "charts.js": { type: "text/javascript; charset=utf-8", bytes: own("charts.js") },
  "icon.svg": { type: "image/svg+xml", bytes: own("icon.svg") },
  "idiomorph.js": { type: "text/javascript; charset=utf-8", bytes: packaged("idiomorph.js") },
  "uplot.js": { type: "text/javascript; charset=utf-8", bytes: packaged("uplot.js") },
  "uplot.css": { type: "text/css; charset=utf-8", bytes: packaged("uplot.css") },
} as const;

const marks = new Map(
  Object.entries(files).map(([name, { bytes }]) => [
    name,
    createHash("sha256").update(bytes).digest("hex").slice(0, 10),
  ]),
);

export const assetPath = (name: string): string => `/assets/${name}?v=${marks.get(name) ?? ""}`;

export const serveAsset: MiddlewareHandler = async (c, next) => {
  const name = c.req.param("name") ?? "";
  if (!Object.hasOwn(files, name)) return next();
  const { type, bytes } = files[name as keyof typeof files];
  const asked = c.req.query("v") === marks.get(name);
  return c.body(new Uint8Array(bytes), 200, {
    "content-type": type,
    "cache-control": asked ? "public, max-age=31536000, immutable" : "no-cache",
  });
};
