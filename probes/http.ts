/** probes · HTTP. Does the URL answer as expected, and where did the time go? */
import type { Facts, HttpTarget } from "../store/records.ts";
import { shown } from "./certificate.ts";
import { type Edge, EdgeError, type HttpAnswer, type Phases } from "./edge.ts";
import { everywhere } from "./everywhere.ts";
import { bodyBytesFor, unmet } from "./expectations.ts";
import { down, type Finding, type Probe, unknown, up } from "./finding.ts";
import { lookup, type Place } from "./lookup.ts";

/** Reasons when down: the DNS probe's when the host cannot be found (`step` in the facts says `dns`), `timeout`,
 *  `connection-refused`, `connection-reset`, `tls` (no handshake), `tls-expired`, `tls-not-yet-valid`,
 *  `tls-name-mismatch`, `tls-untrusted`, `malformed`, those of `expectations.ts`, `too-many-redirects`, or
 *  `bad-redirect` (to no URL that can be followed). What was expected and what came is in the facts, as `unmet`. */
export const http: Probe<HttpTarget> = async (target, edge, signal) => {
  const place = await placeOf(new URL(target.url), target, edge, signal, target.everyAddress);
  if ("verdict" in place) return place;
  const visit = (host: string) => visitFrom(host, place, target, edge, signal);
  const [first = ""] = place.addresses;
  return target.everyAddress ? everywhere(place.addresses, visit) : visit(first);
};

/** Goes to one address, and from there wherever it is sent, as far as the target allows. Phases are those of the last
 *  answer; `redirect` is what came before it, as in curl's `time_redirect`. */
async function visitFrom(
  host: string,
  place: Place,
  target: HttpTarget,
  edge: Edge,
  signal: AbortSignal,
): Promise<Finding> {
  const { redirectsMax = 0 } = target;
  const redirects: string[] = [];
  let spentMs = 0;
  let url = new URL(target.url);
  let from = { host, place };
  for (;;) {
    const got = await fetchFrom(from.host, from.place, url, edge, signal, bodyBytesFor(target));
    const along = redirects.length > 0 ? { url: target.url, redirects } : {};
    if (!("answer" in got)) return { ...got, facts: { ...got.facts, ...along } };
    const latencyMs = spentMs + got.latencyMs;
    const phases = { ...got.phases, redirect: spentMs, total: latencyMs };
    const facts = { ...got.facts, ...along, ...(redirects.length > 0 ? { phases } : {}) };
    const location = isRedirect(got.answer.status) ? got.answer.headers.get("location") : null;
    if (redirectsMax === 0 || location === null) return judge(target, got.answer, latencyMs, facts);
    if (redirects.length === redirectsMax)
      return down("too-many-redirects", latencyMs, { ...facts, location });
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (!next || !/^https?:$/.test(next.protocol))
      return down("bad-redirect", latencyMs, { ...facts, location });
    const there = await placeOf(next, target, edge, signal);
    redirects.push(next.href);
    if ("verdict" in there) return { ...there, facts: { ...there.facts, url: target.url, redirects } };
    url = next;
    from = { host: there.addresses[0] ?? "", place: there };
    spentMs = latencyMs;
  }
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

function judge(target: HttpTarget, answer: HttpAnswer, latencyMs: number, facts: Facts): Finding {
  const fault = unmet(target, answer);
  if (!fault) return up(latencyMs, facts);
  const { verdict, reason, says } = fault;
  return { verdict, reason, latencyMs, facts: { ...facts, unmet: says } };
}

export type Got = { answer: HttpAnswer; latencyMs: number; phases: Record<string, number>; facts: Facts };

/** Fetches a target's URL from the first of its host's addresses; what went wrong, as a finding, when it did. */
export async function get(
  target: { url: string; resolver?: string | undefined },
  edge: Edge,
  signal: AbortSignal,
  bodyBytesMax: number,
): Promise<Got | Finding> {
  const url = new URL(target.url);
  const place = await placeOf(url, target, edge, signal);
  if ("verdict" in place) return place;
  return fetchFrom(place.addresses[0] ?? "", place, url, edge, signal, bodyBytesMax);
}

const placeOf = (
  url: URL,
  { resolver }: { resolver?: string | undefined },
  edge: Edge,
  signal: AbortSignal,
  every = false,
) => lookup(url.hostname, resolver, edge, signal, { url: url.href }, every);

async function fetchFrom(
  host: string,
  place: Place,
  url: URL,
  edge: Edge,
  signal: AbortSignal,
  bodyBytesMax: number,
): Promise<Got | Finding> {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const facts: Facts = { url: url.href, address: host, addresses: place.addresses };
  const timed = (phases: Phases) => {
    const total = phases.total === undefined ? {} : { total: phases.total + (place.dnsMs ?? 0) };
    return { ...(place.dnsMs === null ? {} : { dns: place.dnsMs }), ...phases, ...total };
  };
  try {
    const answer = await edge.http({ url, address: { host, port }, bodyBytesMax }, signal);
    const phases = timed(answer.phases);
    const servedBy = answer.headers.get("x-served-by");
    const { certificate } = answer;
    Object.assign(facts, { status: answer.status, phases }, certificate && shown(certificate, edge.now()));
    if (servedBy !== null) facts.servedBy = servedBy;
    return { answer, latencyMs: phases.total ?? 0, phases, facts };
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const { certificate } = error;
    Object.assign(facts, { phases: timed(error.phases) }, certificate && shown(certificate, edge.now()));
    return fell(error, facts);
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
    case "tls":
      return down(["tls", error.certificate?.fault].filter(Boolean).join("-"), null, { ...facts, ...detail });
    default:
      return down(error.fault, null, { ...facts, ...detail });
  }
}
