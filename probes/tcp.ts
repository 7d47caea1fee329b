/** probes · TCP and TLS. Does the port open, and is the certificate behind it in order? */
import type { Facts, TcpTarget } from "../store/records.ts";
import { shown } from "./certificate.ts";
import { type Edge, EdgeError, type Phases } from "./edge.ts";
import { everywhere } from "./everywhere.ts";
import { down, type Finding, type Probe, up } from "./finding.ts";
import { fell } from "./http.ts";
import { lookup, type Place } from "./lookup.ts";

/** Reasons when down: the DNS probe's when the host cannot be found, `timeout`, `connection-refused`,
 *  `connection-reset`; for TLS also `tls` (no handshake), `tls-expired`, `tls-not-yet-valid`, `tls-name-mismatch`,
 *  `tls-untrusted` (the chain leads to no authority we know). */
export const tcp: Probe<TcpTarget> = async (target, edge, signal) => {
  const about = { host: target.host, port: target.port };
  const place = await lookup(target.host, target.resolver, edge, signal, about, target.everyAddress);
  if ("verdict" in place) return place;
  const visit = (host: string) => knockAt(host, place, target, edge, signal);
  const [first = ""] = place.addresses;
  return target.everyAddress ? everywhere(place.addresses, visit) : visit(first);
};

async function knockAt(
  address: string,
  place: Place,
  target: TcpTarget,
  edge: Edge,
  signal: AbortSignal,
): Promise<Finding> {
  const { host, port } = target;
  const to = { host: address, port };
  const facts: Facts = { host, port, address, addresses: place.addresses };
  const timed = (phases: Phases) => ({ ...(place.dnsMs === null ? {} : { dns: place.dnsMs }), ...phases });
  const latency = (phases: Phases) => (phases.total ?? 0) + (place.dnsMs ?? 0);
  try {
    if (target.kind === "tcp") {
      const phases = await edge.connect(to, signal);
      return up(latency(phases), { ...facts, phases: timed(phases) });
    }
    const answer = await edge.tls(to, place.host, signal);
    const all = { ...facts, phases: timed(answer.phases), ...shown(answer, edge.now()) };
    const latencyMs = latency(answer.phases);
    return answer.fault === null ? up(latencyMs, all) : down(`tls-${answer.fault}`, latencyMs, all);
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    return fell(error, { ...facts, phases: timed(error.phases) });
  }
}
