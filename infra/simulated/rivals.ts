/** infra/simulated · pure. Two others who move users, for comparison, living through the same days: the naive rule, by
 *  which one bad round seen from one place moves everybody, and Route 53's health checks with nobody behind them. Both
 *  find the standby at full size and their tools in order, which is kinder than what Holdfast is given. */
import type { Rules } from "../../analyzer/rules.ts";
import { type Account, type Entry, ledger } from "./ledger.ts";
import { names } from "./names.ts";
import type { Said } from "./promises.ts";
import type { Stage } from "./stage.ts";
import { checkPassShare, hurtShare } from "./truth.ts";

export const rivals = ["naive", "route53"] as const;
export type Rival = (typeof rivals)[number];
export type RivalAccount = Account & { moves: number; wrongMoves: number };

const fullTasks = new Map([
  ["us-east-1", 4],
  ["us-west-2", 4],
]);

export type Scene = Pick<Entry, "t" | "hurt" | "means" | "cause"> & {
  now: number;
  /** What the vantage point in the standby region said of the primary. */
  said: Said;
  hurtLately: boolean;
};

export function rivalry(stage: Stage, rules: Rules, longTicks: number, draw: () => number) {
  const checks = names({
    cadenceMs: rules.cadenceMs,
    intervalMs: 30_000,
    passShare: (region) => checkPassShare(stage, region),
    draw,
  });
  const naive = { book: ledger(longTicks), moves: 0, wrongMoves: 0, away: false, wellSince: 0 };
  const bare = { book: ledger(longTicks), moves: 0, wrongMoves: 0, away: false };

  function enter(rival: typeof bare, scene: Scene, away: boolean): void {
    if (away && !rival.away) {
      rival.moves++;
      if (!scene.hurtLately) rival.wrongMoves++;
    }
    rival.away = away;
    rival.book.see({
      t: scene.t,
      hurt: scene.hurt,
      means: scene.means,
      cause: scene.cause,
      doubted: away,
      moved: away,
      usersIn: away ? "standby" : "primary",
      hurtShare: hurtShare(stage, away ? "us-west-2" : "us-east-1", rules.responseTimeThresholdMs),
      heldBack: false,
    });
  }

  return {
    see(scene: Scene): void {
      // It cannot tell "I could not ask" from "it is down", and is brought home by people as Holdfast's users are.
      const bad = scene.said !== "well";
      if (bad) naive.wellSince = scene.now;
      const stays = naive.away && scene.now - naive.wellSince < rules.holdDownMs;
      enter(naive, scene, bad || stays);
      enter(bare, scene, checks.answer(scene.now, false, fullTasks) === "us-west-2");
    },
    accounts(): Record<Rival, RivalAccount> {
      const of = ({ book, moves, wrongMoves }: typeof bare): RivalAccount => {
        book.close();
        return { ...book.account, moves, wrongMoves };
      };
      return { naive: of(naive), route53: of(bare) };
    },
  };
}
