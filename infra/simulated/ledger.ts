/** infra/simulated · pure. Keeps the account of one who moves users: which losses were real, what became of each, and
 *  how long users were hurt. Holdfast and those it is compared with are each given one. */
import type { Kind } from "./kinds.ts";

/** Users of the primary hurt for over ten minutes without a break, all the while with a standby that could take them
 *  and with the means to move them. In ticks from the first bad one; null: it did not happen. */
export type Loss = {
  cause: Kind | "several";
  /** The tick in which it began. */
  from: number;
  lastedTicks: number;
  detected: number | null;
  moved: number | null;
  arrived: number | null;
  /** A rule said stay, as users had moved too lately or too often. */
  heldBack: boolean;
};

/** How things stand in one tick. */
export type Entry = {
  t: number;
  /** Users who are sent to the primary are hurt. */
  hurt: boolean;
  /** The standby could take them, and nothing keeps anybody from moving them. */
  means: boolean;
  cause: Loss["cause"];
  doubted: boolean;
  /** The decision has been made. */
  moved: boolean;
  usersIn: "primary" | "standby";
  /** Share of the users who are hurt where they are sent, 0..1. */
  hurtShare: number;
  heldBack: boolean;
};

export type Account = {
  losses: Loss[];
  /** Users hurt in the primary for over ten minutes at a time when something kept everybody from moving them. */
  outOfReach: number;
  /** Sum over ticks of the share of users who were hurt. */
  hurtTicks: number;
};

export function ledger(longTicks: number) {
  const account: Account = { losses: [], outOfReach: 0, hurtTicks: 0 };
  let open: (Loss & { here: boolean }) | null = null;
  let hurtFor = 0;
  let reachable = 0;
  let wasMoved = false;

  const close = () => {
    if (open?.here && open.lastedTicks > longTicks) {
      const { here, ...loss } = open;
      account.losses.push(loss);
    }
    open = null;
  };

  return {
    account,
    see(e: Entry): void {
      account.hurtTicks += e.hurtShare;
      hurtFor = e.hurt ? hurtFor + 1 : 0;
      reachable = e.hurt && e.means ? reachable + 1 : 0;
      if (hurtFor === longTicks + 1 && reachable <= longTicks && e.usersIn === "primary")
        account.outOfReach++;
      if (!e.hurt || !e.means) close();
      else {
        open ??= {
          cause: e.cause,
          from: e.t,
          lastedTicks: 0,
          detected: null,
          moved: null,
          arrived: null,
          heldBack: false,
          here: !wasMoved,
        };
        open.lastedTicks++;
        const since = e.t - open.from;
        if (e.doubted) open.detected ??= since;
        if (e.moved) open.moved ??= since;
        if (e.usersIn === "standby") open.arrived ??= since;
        if (e.heldBack && open.moved === null) open.heldBack = true;
      }
      wasMoved = e.moved;
    },
    /** At the end of the history. */
    close,
  };
}
