/** tests · dashboard · scenes. Users are on their way out, away, or on their way home. */
import { nothingFalls } from "../../../analyzer/cascade.ts";
import type { Decision } from "../../../store/records.ts";
import { healthOf, lines, recovery, reportOf } from "./assessed.ts";
import { decisionOf, standingOf } from "./decided.ts";
import { s } from "./ground.ts";
import { crowd, type Moment } from "./moment.ts";
import { boardOfOutage, broke, outOfHome, ready, trouble, wayOut } from "./trouble.ts";

const homeIsWell = [healthOf("us-east-1"), ready, healthOf("eu-west-1")];
const pulled = "The lever is pulled; waiting for the name to lead to us-west-2";
const leadsAway = (at: number) =>
  decisionOf(at, "shifting", "verifying", "The name leads to us-west-2; waiting to see users there");

export const outage = (now: number): Moment =>
  leaving(now, { decisions: wayOut(now), takesSeconds: 14, leads: "us-east-1", why: pulled });

export const verifying = (now: number): Moment =>
  leaving(now, {
    decisions: [...wayOut(now), leadsAway(now - 3 * s)],
    takesSeconds: 7.5,
    leads: "us-west-2",
    why: "Waiting for users to arrive in us-west-2",
  });

type Leaving = { decisions: Decision[]; takesSeconds: number; leads: string; why: string };

function leaving(now: number, { decisions, takesSeconds, leads, why }: Leaving): Moment {
  const last = decisions.at(-1);
  return {
    standing: standingOf(last?.to ?? "home", {
      since: last?.at ?? now,
      prepared: true,
      drained: "us-east-1",
      strikes: 28,
      moves: [now - 8 * s],
      movedBy: "holdfast",
    }),
    decisions,
    board: boardOfOutage(now),
    voices: crowd(now, (ago) => ({
      moved: ago < 7 ? (7 - ago) / takesSeconds : 0,
      lost: ago < 30 ? 0.62 : 0,
    })),
    report: reportOf(now - 400, {
      ...trouble(now),
      regions: outOfHome,
      leads,
      why,
      lines: lines(28, 2, "0.12", 4, { cooldown: true }),
    }),
    fallsFrom: broke(now),
  };
}

export function drill(now: number): Moment {
  const request = {
    id: "r1",
    at: now - 21 * s,
    by: "Mira",
    kind: "failover" as const,
    reason: "the drill of the month",
    drill: true as const,
  };
  const asked = { by: request.by, request };
  return {
    standing: standingOf("shifting", {
      since: now - 8 * s,
      prepared: true,
      drained: "us-east-1",
      moves: [now - 8 * s],
      movedBy: "operator",
      manner: "graceful",
      request,
    }),
    decisions: [
      decisionOf(now - 20 * s, "home", "preparing", "Mira asked for it: the drill of the month", {
        ...asked,
        estimate: recovery,
      }),
      decisionOf(now - 8 * s, "preparing", "shifting", "us-west-2 is ready, as Mira asked", {
        ...asked,
        orders: [
          {
            id: "o1",
            at: now - 8 * s,
            kind: "drain",
            region: "us-east-1",
            drained: true,
            manner: "graceful",
          },
        ],
      }),
    ],
    voices: crowd(now, (ago) => ({ moved: ago < 7 ? (7 - ago) / 9 : 0, lost: 0 })),
    report: reportOf(now - 500, {
      regions: homeIsWell,
      why: pulled,
      lines: lines(0, 0, "1.00", 4, { cooldown: true }),
      ready: true,
    }),
  };
}

export function away(now: number): Moment {
  const moved = now - 150 * s;
  return {
    standing: standingOf("away", {
      since: moved + 8 * s,
      prepared: true,
      drained: "us-east-1",
      moves: [moved],
      movedBy: "holdfast",
      wellSince: now - 75 * s,
    }),
    decisions: [
      ...wayOut(now - 142 * s),
      leadsAway(moved + 4 * s),
      decisionOf(moved + 8 * s, "verifying", "away", "Users are served in us-west-2"),
    ],
    voices: crowd(now, (ago) => ({
      moved: ago < 145 ? 1 : ago < 150 ? (150 - ago) / 5 : 0,
      lost: ago < 180 ? 0.7 : 0,
    })),
    report: reportOf(now - 700, {
      regions: homeIsWell,
      cascade: {
        ...nothingFalls(),
        aftermath: {
          root: "dynamodb@us-east-1",
          beganAt: now - 180 * s,
          endedAt: now - 80 * s,
          until: now + 3_600 * s,
          waitingFor: ["ec2@us-east-1", "elb@us-east-1"],
          says: "dynamodb is well again, but a second wave has been seen to follow: not over before ec2, elb are seen well",
        },
      },
      leads: "us-west-2",
      why: "us-east-1 has been well for 75 s; a person may fail back",
      lines: lines(0, 0, "1.00", 4),
    }),
  };
}

export const returning = (now: number): Moment => ({
  standing: standingOf("returning", {
    since: now - 6 * s,
    prepared: true,
    moves: [now - 3_000 * s, now - 6 * s],
    movedBy: "operator",
    request: {
      id: "r1",
      at: now - 7 * s,
      by: "Mira",
      kind: "failback",
      reason: "green for an hour, the database team agrees",
    },
  }),
  decisions: [
    ...wayOut(now - 3_000 * s),
    decisionOf(now - 2_990 * s, "shifting", "away", "Users are served in us-west-2"),
    decisionOf(now - 6 * s, "away", "returning", "Mira asked for it: us-east-1 is fit again", { by: "Mira" }),
  ],
  voices: crowd(now, (ago) => ({ moved: ago < 5 ? ago / 8 : ago < 300 ? 1 : 0, lost: 0 })),
  report: reportOf(now - 500, {
    regions: homeIsWell,
    why: "Waiting for users to arrive in us-east-1",
    lines: lines(0, 0, "1.00", 4, { cooldown: true }),
    ready: true,
  }),
});
