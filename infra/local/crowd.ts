/** infra/local · effects. The users. Each looks the workload's name up, keeps the answer for its TTL as real ones do,
 *  and fetches a page about once a second. What they get is what "users" means on every screen. */
import { setTimeout as pause } from "node:timers/promises";
import type { Address } from "../../probes/edge.ts";
import type { Voice } from "../../store/records.ts";
import { call, resolve } from "./call.ts";
import { between, type Chance, oneOf } from "./chance.ts";
import { within } from "./patience.ts";
import { workloadName } from "./places.ts";
import { type Outcome, tally } from "./tally.ts";
import type { Timings } from "./timings.ts";

export type Crowd = {
  /** What users got since the last call, by region; "nowhere" for those whom the name gave no address. */
  voices(): Voice[];
  /** Settles when the last user has gone. */
  gone: Promise<void>;
};

export type CrowdOptions = {
  nameServer: Address;
  /** Where an address really is. */
  road: (address: string) => Address;
  /** The region an address belongs to. */
  regionOf: (address: string) => string;
  timings: Timings;
  chance: Chance;
  signal: AbortSignal;
};

export function gather(options: CrowdOptions): Crowd {
  let outcomes: Outcome[] = [];
  let since = Date.now();
  const users = Array.from({ length: options.timings.users }, () =>
    user(options, (outcome) => outcomes.push(outcome)),
  );
  return {
    voices() {
      const now = Math.max(Date.now(), since);
      const voices = tally(outcomes, since, now - since);
      outcomes = [];
      since = now;
      return voices;
    },
    gone: Promise.all(users).then(() => undefined),
  };
}

async function user(options: CrowdOptions, tell: (outcome: Outcome) => void): Promise<void> {
  const { chance, timings: t, signal } = options;
  let kept: Kept = { addresses: [], untilMs: 0 };
  const come = async (began: number, patience: AbortSignal) => {
    if (began >= kept.untilMs || kept.addresses.length === 0) kept = await lookUp(options, patience);
    const address = oneOf(chance, kept.addresses);
    const region = address === undefined ? "nowhere" : options.regionOf(address);
    return {
      region,
      served: address !== undefined && (await visit(options, options.road(address), patience)),
    };
  };
  let waitMs = between(chance, 0, t.userPauseMs); // nobody arrives on the same beat
  while (!signal.aborted) {
    await pause(waitMs, undefined, { signal }).catch(() => undefined); // cut short: the loop ends by itself
    if (signal.aborted) return;
    const began = performance.now();
    const got = await within(t.userPatienceMs, signal, (patience) => come(began, patience));
    if (!signal.aborted) tell({ ...got, tookMs: performance.now() - began });
    waitMs = between(chance, 0.5, 1.5) * t.userPauseMs;
  }
}

/** What the name answered, and until when that may be kept. */
type Kept = { addresses: string[]; untilMs: number };

async function lookUp({ nameServer, chance }: CrowdOptions, patience: AbortSignal): Promise<Kept> {
  try {
    const { addresses, ttlS } = await resolve(
      workloadName,
      nameServer,
      Math.floor(chance() * 65_536),
      patience,
    );
    return { addresses, untilMs: performance.now() + ttlS * 1_000 };
  } catch {
    return { addresses: [], untilMs: 0 }; // no answer is as good as no address to a user
  }
}

async function visit({ chance }: CrowdOptions, to: Address, patience: AbortSignal): Promise<boolean> {
  const path = chance() < 0.75 ? "/" : "/checkout";
  try {
    return (await call({ to, host: workloadName, path }, patience)).status < 500;
  } catch {
    return false; // refused, cut, or out of patience
  }
}
