/** probes · rounds · pure. Who asks what: a crew for each name server, so that a dead one holds up none but its own, and
 *  one for everything else. All of them together hold only so many sockets. */
import type { Target } from "../store/records.ts";
import { parseResolver } from "./resolver.ts";

/** Indices of targets to ask in this order, the next of them, how many side by side, and how many are not over.
 *  `heirs`: crews that wait until one like it is done, for all of them together. */
export type Crew = { queue: number[]; next: number; atOnce: number; left: number; heirs: Crew[] };

const perSocket = 64; // datagrams that wait on one socket
const sharedOfSockets = 1 / 4; // sockets for datagrams, beside those that one question holds alone
const datagramsPerSocket = 4; // one server's at once, for each socket that may be held; more would only grow old in its lane

/** The crews to begin with. `resolver` is asked where a target names none; `socketsMax` questions may hold a socket of
 *  their own. */
export function crews(targets: readonly Target[], resolver: string, socketsMax: number): Crew[] {
  const shared = new Map<string, number[]>();
  const alone = new Map<string, number[]>();
  for (const [i, target] of targets.entries()) {
    const server = target.kind === "dns" ? (target.resolver ?? resolver) : "";
    const those = isDatagram(server) ? shared : alone;
    const queue = those.get(server) ?? [];
    if (queue.push(i) === 1) those.set(server, queue);
  }
  return [
    ...alike(shared, Math.ceil(socketsMax * sharedOfSockets), perSocket, socketsMax * datagramsPerSocket),
    ...alike(alone, socketsMax, 1, socketsMax),
  ];
}

function alike(queues: Map<string, number[]>, sockets: number, each: number, atOnceMax: number): Crew[] {
  const atOnce = Math.min(atOnceMax, Math.max(1, Math.floor(sockets / queues.size)) * each);
  const heirs: Crew[] = [];
  const all = [...queues.values()].map((queue) => ({ queue, next: 0, atOnce, left: queue.length, heirs }));
  heirs.push(...all.slice(sockets));
  return all.slice(0, sockets);
}

function isDatagram(server: string): boolean {
  try {
    return parseResolver(server).transport === "udp";
  } catch {
    return false; // its probe will say what is wrong with it
  }
}
