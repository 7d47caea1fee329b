/** analyzer · pure. From what was heard to the numbers the forest compares: one reading for each series, which is one
 *  target asked from one vantage point. A blind round, a control target and an `unknown` give no reading: what could
 *  not be asked is neither odd nor fine. */
import { nodeOf, type Observation, type Round } from "../store/records.ts";

/** One reading of one series: named numbers, null where there is none. */
export type Reading = {
  series: string;
  node: string;
  vantage: string;
  /** Epoch ms. */
  at: number;
  features: Record<string, number | null>;
};

/** Addresses each series has been given, and when last; the memory that churn needs. Plain, so it can be kept. */
export type Known = Record<string, Record<string, number>>;

/** Addresses not given for this long are new again: large services rotate through pools within minutes. */
const rememberMs = 60 * 60_000;
/** Addresses remembered for one series; the oldest are dropped. */
const addressesMax = 256;

/** Controls say nothing of what is watched, and how many tasks run is changed on purpose, by ourselves among others. */
const unheeded = new Set<string>(["control", "capacity"]);

/** Readings in the order of the rounds. `known` is read and brought up to date; without it nothing is known. */
export function readings(rounds: readonly Round[], known: Known = {}): Reading[] {
  return rounds
    .filter((round) => !round.blind)
    .flatMap((round) => round.observations)
    .filter(({ purpose, verdict }) => !unheeded.has(purpose) && verdict !== "unknown")
    .map((heard) => reading(heard, known));
}

function reading(heard: Observation, known: Known): Reading {
  const series = `${heard.target}|${heard.vantage}`;
  return {
    series,
    node: nodeOf(heard.service, heard.region),
    vantage: heard.vantage,
    at: heard.at,
    features: {
      latencyMs: heard.latencyMs,
      failed: heard.verdict === "down" ? 1 : 0,
      ...more(heard, series, known),
    },
  };
}

function more(heard: Observation, series: string, known: Known): Reading["features"] {
  if (heard.kind === "dns") return answer(heard, series, known);
  return heard.kind === "aws" ? tasks(heard) : phases(heard);
}

/** How many addresses, how long they may be kept, and what share of them was never given before. */
function answer({ facts, at }: Observation, series: string, known: Known): Reading["features"] {
  const addresses = Array.isArray(facts.addresses) ? facts.addresses : null;
  const ttl = facts.ttlSeconds;
  return {
    addresses: addresses?.length ?? null,
    ttlSeconds: typeof ttl === "number" ? ttl : null,
    newAddresses: addresses && addresses.length > 0 ? churn(addresses, at, series, known) : null,
  };
}

/** Share of the addresses that this series has not been given lately; null for the first answer of all. */
function churn(addresses: readonly string[], at: number, series: string, known: Known): number | null {
  const before = known[series];
  const fresh = addresses.filter((a) => at - (before?.[a] ?? Number.NEGATIVE_INFINITY) > rememberMs).length;
  const seen = Object.entries({ ...before, ...Object.fromEntries(addresses.map((a) => [a, at])) })
    .filter(([, last]) => at - last <= rememberMs)
    .sort(([, a], [, b]) => b - a)
    .slice(0, addressesMax);
  known[series] = Object.fromEntries(seen);
  return before ? fresh / addresses.length : null;
}

function phases({ facts }: Observation): Reading["features"] {
  const told = typeof facts.phases === "object" && !Array.isArray(facts.phases) ? facts.phases : null;
  return {
    connectMs: told?.connect ?? null,
    tlsMs: told?.tls ?? null,
    firstByteMs: told?.firstByte ?? null,
  };
}

function tasks({ facts }: Observation): Reading["features"] {
  return { running: typeof facts.running === "number" ? facts.running : null };
}
