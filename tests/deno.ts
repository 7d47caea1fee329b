/** tests · real Deno, as the npm package brings it. */
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export const deno = `${root}node_modules/.bin/deno`;
/** Where Deno runs, and all it is told of this machine. */
export const forDeno = (env: Record<string, string> = {}) => ({
  cwd: root,
  env: {
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "",
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
    ...env,
  },
});
