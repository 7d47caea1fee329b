/** tests · runtimes. How the dashboard is set up on each of them. */
import { createHash } from "node:crypto";
import { parseAccess } from "../../dashboard/access.ts";

export const token = "a-token-that-may-act";
export const host = "holdfast.example";
export const access = parseAccess({
  secret: "a secret of more than thirty-two characters",
  tokens: [{ name: "on call", role: "act", sha256: createHash("sha256").update(token).digest("hex") }],
});
export const status = { title: "Shop" };
export const liveMs = 400; // so that a live stream ends by itself, as behind a plain function
