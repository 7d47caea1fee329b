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
  /** What checkers thought when all of them had been asked and none had changed its mind, and of what. */
  let settled = { opinions: null as route53.State["opinions"] | null, shares: "" };
  let askedUntil = 0;
  /** The last answer, and what it followed from besides what checkers think. */
  let last: { scene: string; region: Region } | null = null;

  const draws = (share: number) => share === 1 || (share > 0 && draw() < share);

  return {
    /** A cadence passes: where the name leads at its end. `drained`: what the lever's metric says, `tasks` what runs. */
    answer(now: number, drained: boolean, tasks: ReadonlyMap<string, number>): Region {
      askedUntil += cadenceMs;
      const shares = checks.map(({ region }) => passShare(region));
      const running = checks.map(({ region }) => tasks.get(region) ?? 0);
      const asked = shares.join();
      const isSettled = settled.opinions === state.opinions && settled.shares === asked;
      if (isSettled) askedUntil %= intervalMs; // asked again, they would say the same again
      const scene = `${drained} ${running.join()}`;
      // Every cadence is judged whole, so the alarm would say the same again too.
      if (isSettled && cadenceMs % minute === 0 && last?.scene === scene) return last.region;

      state = route53.publish(state, drain, now, drained ? 1 : 0);
      const byChance = shares.some((share) => share > 0 && share < 1);
      for (; askedUntil >= intervalMs; askedUntil -= intervalMs) {
        const before = state.opinions;
        checks.forEach(({ id }, i) => {
          for (const checker of checkers)
            state = route53.hear(plan, state, id, checker, draws(shares[i] ?? 0));
        });
        if (state.opinions !== before || byChance) continue;
        settled = { opinions: before, shares: asked };
        askedUntil %= intervalMs;
        break;
      }
      state = route53.judge(plan, state, now + cadenceMs);
      const targets: Record<string, route53.Targets> = {};
      checks.forEach(({ region }, i) => {
        const healthy = running[i] ?? 0;
        targets[region] = { registered: healthy, healthy };
      });
      last = { scene, region: route53.answer(plan, state, targets).region };
      return last.region;
    },
  };
}
