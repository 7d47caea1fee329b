/** probes · run. What an edge entry answers: `GET /probe?target=ID`, an observation; `GET /round`, all targets at once.
 *  It asks what it was configured to ask and nothing else, on behalf of those who know the token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { BadInput, type Target, type Vantage } from "../../store/records.ts";
import type { Edge } from "../edge.ts";
import { round } from "../round.ts";

export type AnswerOptions = {
  /** What may be asked. */
  targets: readonly Target[];
  vantage: Vantage;
  edge: Edge;
  /** What the Authorization header must carry as a bearer token; at least 16 characters. */
  token: string;
  timeoutMs: number;
};

const tokenLengthMin = 16; // shorter ones can be guessed
const inFlightMax = 8; // requests worked on at once; each may open a socket for every target

/** A handler for `export default { fetch }`. Throws `BadInput` for a token that is too short. */
export function answerer(options: AnswerOptions): (request: Request) => Promise<Response> {
  const { targets, vantage, edge, token, timeoutMs } = options;
  if (token.length < tokenLengthMin) {
    throw new BadInput(
      `expected a token of at least ${tokenLengthMin} characters, got one of ${token.length}`,
    );
  }
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const wanted = digest(`Bearer ${token}`);
  let inFlight = 0;
  return async (request) => {
    const given = digest(request.headers.get("authorization") ?? "");
    if (!timingSafeEqual(given, wanted))
      return say(401, "expected a bearer token", { "www-authenticate": "Bearer" });
    if (request.method !== "GET") return say(405, "expected GET", { allow: "GET" });
    const { pathname, searchParams } = new URL(request.url);
    const id = searchParams.get("target");
    const chosen = pathname === "/round" ? targets : targets.filter((target) => target.id === id);
    if (pathname !== "/round" && pathname !== "/probe")
      return say(404, "expected /probe?target=ID or /round");
    if (chosen.length === 0) return say(404, `expected a configured target, got ${JSON.stringify(id)}`);
    if (inFlight >= inFlightMax) return say(429, "too many requests at once", { "retry-after": "1" });
    inFlight++;
    try {
      const heard = await round({ vantage, targets: chosen, edge, timeoutMs, signal: request.signal });
      return json(200, pathname === "/round" ? heard : heard.observations[0]);
    } finally {
      inFlight--;
    }
  };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
const say = (status: number, error: string, headers: Record<string, string> = {}) =>
  json(status, { error }, headers);
