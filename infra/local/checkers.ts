/** infra/local · effects. Route 53's health checkers: several, each asking every traffic region's `/health` over HTTP
 *  at its own beat, from outside. What their results mean is said in ../route53.ts. */
import { setTimeout as pause } from "node:timers/promises";
import type { Address } from "../../probes/edge.ts";
import { facts, nextAskAt, passes } from "../route53.ts";
import { call } from "./call.ts";
import { between, type Chance } from "./chance.ts";
import { within } from "./patience.ts";
import { regionalName } from "./places.ts";
import type { Timings } from "./timings.ts";

export const checkerNames = (count: number) => Array.from({ length: count }, (_, i) => `checker-${i + 1}`);

/** Runs until `signal`; settles when every checker has stopped. */
export async function runCheckers(options: {
  regions: readonly string[];
  addresses: (region: string) => readonly Address[];
  timings: Timings;
  chance: Chance;
  now: () => number;
  heard: (region: string, checker: string, passed: boolean) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { regions, timings: t, chance } = options;
  const runs = regions.flatMap((region) =>
    checkerNames(t.checkers).map((checker) =>
      check({ ...options, region, checker, phaseMs: between(chance, 0, t.checkIntervalMs) }),
    ),
  );
  await Promise.all(runs);
}

type Check = Parameters<typeof runCheckers>[0] & { region: string; checker: string; phaseMs: number };

async function check({ region, checker, phaseMs, addresses, timings: t, now, heard, signal }: Check) {
  const limits = { ...facts, connectMsMax: t.checkConnectMs, answerMsMax: t.checkAnswerMs };
  for (let turn = 0; !signal.aborted; turn++) {
    const at = now();
    await pause(nextAskAt(t.checkIntervalMs, phaseMs, at) - at, undefined, { signal }).catch(stopped);
    if (signal.aborted) return;
    const all = addresses(region);
    const to = all[turn % all.length];
    if (!to) continue;
    const ask = await health(to, region, t, signal);
    if (!signal.aborted) heard(region, checker, passes(ask, limits));
  }
}

const stopped = () => undefined; // the pause was cut short; the loop sees the signal itself

async function health(to: Address, region: string, t: Timings, signal: AbortSignal) {
  const asked = { to, host: regionalName(region), path: "/health" };
  try {
    return await within(t.checkConnectMs + t.checkAnswerMs, signal, (patience) => call(asked, patience));
  } catch {
    return { connectMs: null, status: null, answerMs: null }; // refused, cut or too late: all the same to a check
  }
}
