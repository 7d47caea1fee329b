/** probes · TCP and TLS. Does the port open, and is the certificate behind it in order? */
import type { Facts, TcpTarget } from "../store/records.ts";
import { EdgeError, type Phases, type TlsAnswer } from "./edge.ts";
import { down, type Finding, type Probe, up } from "./finding.ts";
import { fell } from "./http.ts";
import { lookup } from "./lookup.ts";

/** Reasons when down: the DNS probe's when the host cannot be found, `timeout`, `connection-refused`,
 *  `connection-reset`; for TLS also `tls` (no handshake), `tls-expired`, `tls-not-yet-valid`, `tls-name-mismatch`,
 *  `tls-untrusted` (the chain leads to no authority we know). */
export const tcp: Probe<TcpTarget> = async (target, edge, signal) => {
  const facts: Facts = { host: target.host, port: target.port };
  const place = await lookup(target.host, target.resolver, edge, signal, facts);
  if ("verdict" in place) return place;
  const [host = ""] = place.addresses;
  const to = { host, port: target.port };
  Object.assign(facts, { address: host, addresses: place.addresses });
  const timed = (phases: Phases) => ({ ...(place.dnsMs === null ? {} : { dns: place.dnsMs }), ...phases });
  const latency = (phases: Phases) => (phases.total ?? 0) + (place.dnsMs ?? 0);
  try {
    if (target.kind === "tcp") {
      const phases = await edge.connect(to, signal);
      return up(latency(phases), { ...facts, phases: timed(phases) });
    }
    const shown = await edge.tls(to, place.host, signal);
    return judge(shown, latency(shown.phases), edge.now(), { ...facts, phases: timed(shown.phases) });
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return fell(error, { ...facts, phases: timed(error.phases) });
  }
};

const dayMs = 24 * 60 * 60_000;

function judge(shown: TlsAnswer, latencyMs: number, now: number, about: Facts): Finding {
  const facts: Facts = {
    ...about,
    protocol: shown.protocol,
    daysLeft: Math.floor((shown.validTo - now) / dayMs),
    names: shown.names,
    issuer: shown.issuer,
    ...(shown.detail === null ? {} : { detail: shown.detail }),
  };
  return shown.fault === null ? up(latencyMs, facts) : down(`tls-${shown.fault}`, latencyMs, facts);
}
