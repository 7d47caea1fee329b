/** probes · HTTP. Does the URL answer, with a status that counts, and where did the time go? */
import type { Facts, HttpTarget } from "../store/records.ts";
import { type Edge, EdgeError, type HttpAnswer, type Phases } from "./edge.ts";
import { down, type Finding, type Probe, unknown, up } from "./finding.ts";
import { lookup } from "./lookup.ts";

/** Reasons when down: the DNS probe's when the host cannot be found (`step` in the facts says `dns`), `timeout`,
 *  `connection-refused`, `connection-reset`, `tls`, `malformed`, or `status-503` and the like. */
export const http: Probe<HttpTarget> = async (target, edge, signal) => {
  const got = await get(target, edge, signal, 0);
  if (!("answer" in got)) return got;
  const { answer, latencyMs, facts } = got;
  const counts =
    target.expectStatus?.includes(answer.status) ?? (answer.status >= 200 && answer.status < 400);
  return counts ? up(latencyMs, facts) : down(`status-${answer.status}`, latencyMs, facts);
};

export type Got = { answer: HttpAnswer; latencyMs: number; facts: Facts };

/** Fetches a target's URL from the first of its host's addresses; what went wrong, as a finding, when it did. */
export async function get(
  target: { url: string; resolver?: string | undefined },
  edge: Edge,
  signal: AbortSignal,
  bodyBytesMax: number,
): Promise<Got | Finding> {
  const url = new URL(target.url);
  const facts: Facts = { url: target.url };
  const place = await lookup(url.hostname, target.resolver, edge, signal, facts);
  if ("verdict" in place) return place;
  const [host = ""] = place.addresses;
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  Object.assign(facts, { address: host, addresses: place.addresses });
  const timed = (phases: Phases) => {
    const total = phases.total === undefined ? {} : { total: phases.total + (place.dnsMs ?? 0) };
    return { ...(place.dnsMs === null ? {} : { dns: place.dnsMs }), ...phases, ...total };
  };
  try {
    const answer = await edge.http({ url, address: { host, port }, bodyBytesMax }, signal);
    const phases = timed(answer.phases);
    const servedBy = answer.headers.get("x-served-by");
    Object.assign(facts, { status: answer.status, phases, ...(servedBy === null ? {} : { servedBy }) });
    return { answer, latencyMs: phases.total ?? 0, facts };
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return fell(error, { ...facts, phases: timed(error.phases) });
  }
}

/** A broken exchange as a finding; the phases that were reached tell where it broke. */
export function fell(error: EdgeError, facts: Facts): Finding {
  const detail = error.cause instanceof Error ? { detail: error.cause.message } : {};
  switch (error.fault) {
    case "unreachable":
      return unknown("unreachable", null, { ...facts, ...detail });
    case "protocol":
      return down("malformed", null, { ...facts, ...detail });
    default:
      return down(error.fault, null, { ...facts, ...detail });
  }
}
