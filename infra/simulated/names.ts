/** infra/simulated · pure. Route 53 between the lever and the users, on virtual time: its checkers ask, its alarm judges
 *  the drain metric every minute, its records answer. */
import type { Region } from "../../store/records.ts";
import * as route53 from "../route53.ts";
import { primary, standby } from "./kinds.ts";

const checkers = ["a", "b", "c", "d", "e"];
const minute = 60_000;

export type NamesOptions = {
  cadenceMs: number;
  /** Ms between two asks of a checker: 10 s is the fast kind, 30 s the usual. */
  intervalMs: number;
  /** Share of asks that pass, and the chance by which one does. */
  passShare: (region: Region) => number;
  draw: () => number;
};

export function names({ cadenceMs, intervalMs, passShare, draw }: NamesOptions) {
  const plan = route53.failoverPlan({
    primary,
    standby,
    checkers,
    intervalMs,
    failureThreshold: 3,
    alarmPeriodMs: minute,
  });
  const checks = [primary, standby].map((region) => ({ region, id: route53.checkIds(region).endpoint }));
  const { drain } = route53.checkIds(primary);
  let state = route53.begin(plan);
  let askedUntil = 0;

  const draws = (share: number) => share === 1 || (share > 0 && draw() < share);

  return {
    /** A cadence passes: where the name leads at its end. `drained`: what the lever's metric says, `tasks` what runs. */
    answer(now: number, drained: boolean, tasks: ReadonlyMap<string, number>): Region {
      state = route53.publish(state, drain, now, drained ? 1 : 0);
      askedUntil += cadenceMs;
      for (; askedUntil >= intervalMs; askedUntil -= intervalMs) {
        const before = state;
        let byChance = false;
        for (const { region, id } of checks) {
          const share = passShare(region);
          byChance ||= share > 0 && share < 1;
          for (const checker of checkers) state = route53.hear(plan, state, id, checker, draws(share));
        }
        if (state === before && !byChance) askedUntil %= intervalMs; // asked again, they would say the same again
      }
      state = route53.judge(plan, state, now + cadenceMs);
      const targets: Record<string, route53.Targets> = {};
      for (const { region } of checks) {
        const healthy = tasks.get(region) ?? 0;
        targets[region] = { registered: healthy, healthy };
      }
      return route53.answer(plan, state, targets).region;
    },
  };
}
