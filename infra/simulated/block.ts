/** infra/simulated · pure but for the loop it lets live. Long histories are lived in blocks of two days, each with
 *  chance of its own from the seed and its number. So it does not matter who lives which block, or in what order, and
 *  the first days of a seed are the same however many follow. */
import type { Rules } from "../../analyzer/rules.ts";
import { chance } from "../local/chance.ts";
import { history } from "./history.ts";
import type { Incident } from "./kinds.ts";
import { type Life, type LifeOptions, live } from "./life.ts";

/** Long enough for a budget of moves a day to be spent and to come back. */
export const blockDays = 2;
const dayMs = 24 * 60 * 60_000;

/** What every block of a simulation shares; it can be sent to another thread. */
export type Plan = {
  days: number;
  /** The first day to live; those before it are left out, and the others are as they would have been. */
  fromDay: number;
  seed: number;
  cadenceMs: number;
  incidentsPerDay: number;
  wrongVantagesMax: number;
  rules: Partial<Rules>;
  /** One history of one's own, lived in one block, instead of those from the seed. */
  incidents: readonly Incident[] | null;
  compare: boolean;
};

/** The numbers of the blocks to live: from the first up to, but without, the second. */
export const blocksOf = (plan: Plan): [first: number, end: number] =>
  plan.incidents ? [0, 1] : [Math.floor(plan.fromDay / blockDays), Math.ceil(plan.days / blockDays)];

/** How a block is to be lived. In every other one users are brought home by the rules and not by people. */
export function planOf(plan: Plan, block: number): LifeOptions {
  const { seed, cadenceMs, incidentsPerDay, wrongVantagesMax, compare } = plan;
  const dense = { days: blockDays, incidentsPerDay, wrongVantagesMax };
  const days = plan.incidents ? plan.days : Math.min(blockDays, plan.days - block * blockDays);
  return {
    ticks: Math.round((days * dayMs) / cadenceMs),
    cadenceMs,
    seed: Math.floor(chance(seed, `luck ${block}`)() * 2 ** 32),
    incidents: plan.incidents ?? history(chance(seed, `history ${block}`), dense),
    rules: { failback: block % 2 === 0 ? "approve" : "automatic", ...plan.rules },
    compare,
  };
}

export const liveBlock = (plan: Plan, block: number, mutant?: LifeOptions["mutant"]): Promise<Life> =>
  live({ ...planOf(plan, block), ...(mutant ? { mutant } : {}) });
