/** tests · dashboard · scenes. Users are at home: nothing is wrong, or not enough for them to leave, or nowhere to go. */
import { healthOf, line, lines, reportOf } from "./assessed.ts";
import { boardOf, decisionOf, incidentOf, standingOf } from "./decided.ts";
import { s } from "./ground.ts";
import { crowd, type Moment } from "./moment.ts";
import { boardOfOutage, broke, hurtVotes, outOfHome, trouble, unfit, wayOut } from "./trouble.ts";

const allFine = () => ({ moved: 0, lost: 0 });
const hurt = (ago: number) => ({ moved: 0, lost: ago < 30 ? 0.62 : 0 });

export const calm = (now: number, at = now - 600): Moment => ({
  standing: standingOf("home", { since: now - 2 * 3_600 * s }),
  board: boardOf(at, [
    incidentOf(now - 9_000 * s, { wellSince: now - 7_500 * s, resolvedAt: now - 7_200 * s }),
  ]),
  voices: crowd(at, allFine),
  report: reportOf(at, { why: "Users are fine", lines: lines(0, 0, "1.00", 1), ready: true }),
});

export const stale = (now: number): Moment => calm(now, now - 40 * s);

export const blind = (now: number): Moment => ({
  standing: standingOf("home"),
  voices: crowd(now, allFine),
  report: reportOf(now - 600, {
    why: "Users are fine",
    lines: lines(0, 0, "1.00", 1),
    blind: [{ vantage: "eu-west-1", why: "its control targets fail too" }],
    regions: [
      healthOf("us-east-1", { coverage: 0.5 }),
      healthOf("us-west-2", { coverage: 0.5 }),
      healthOf("eu-west-1", { score: null, coverage: 0.3 }),
    ],
  }),
});

export function maintenance(now: number): Moment {
  const argued = lines(0, 0, "1.00", 1);
  argued.against.push(
    line(
      "maintenance",
      "A maintenance window is open",
      true,
      "of us-west-2 until 03:59 UTC, by Mira: new load balancer",
    ),
  );
  return {
    standing: standingOf("home", {
      since: now - 2 * 3_600 * s,
      windows: [
        {
          id: "w1",
          from: now - 900 * s,
          until: now + 2_700 * s,
          region: "us-west-2",
          by: "Mira",
          reason: "new load balancer",
        },
      ],
    }),
    voices: crowd(now, allFine),
    report: reportOf(now - 300, { why: "Users are fine", lines: argued }),
  };
}

export const doubting = (now: number): Moment => ({
  standing: standingOf("doubting", { since: now - 2 * s, strikes: 1 }),
  decisions: [decisionOf(now - 2 * s, "home", "doubting", "Users in us-east-1 are hurt")],
  voices: crowd(now, (ago) => ({ moved: 0, lost: ago < 2 ? 0.08 : 0 })),
  report: reportOf(now - 300, {
    regions: [
      healthOf("us-east-1", {
        score: 0.81,
        votes: hurtVotes,
        reasons: [{ says: "8 % of the workload's answers fail", costs: 0.19, node: null }],
      }),
      healthOf("us-west-2"),
      healthOf("eu-west-1"),
    ],
    why: "Users in us-east-1 are hurt, seen in 1 of 3 rounds",
    lines: lines(1, 1, "0.81", 1),
    ready: true,
  }),
  fallsFrom: now - 3 * s,
});

/** Services fail and users do not notice yet. */
export const doubt = (now: number): Moment => ({
  standing: standingOf("preparing", { since: now - 4 * s, prepared: true }),
  decisions: wayOut(now)
    .slice(0, 2)
    .map((d, i) => ({ ...d, at: now - (6 - 2 * i) * s })),
  voices: crowd(now, allFine),
  report: reportOf(now - 400, {
    ...trouble(now),
    regions: [
      healthOf("us-east-1", { score: 0.73, reasons: unfit.reasons.slice(1) }),
      healthOf("us-west-2", { capacity: { running: 2, desired: 4 } }),
      healthOf("eu-west-1"),
    ],
    why: "Users are fine, so nobody moves; us-west-2 is ready or being made so",
    lines: lines(0, 0, "0.73", 2),
  }),
  fallsFrom: broke(now),
});

/** In mode `approve`, with nobody there to approve it. */
export const approve = (now: number): Moment => ({
  standing: standingOf("preparing", { since: now - 38 * s, prepared: true, strikes: 28 }),
  decisions: wayOut(now).slice(0, 2),
  voices: crowd(now, hurt),
  report: reportOf(now - 400, {
    ...trouble(now),
    regions: outOfHome,
    why: "Users in us-east-1 are hurt but stay: nobody has approved the move",
    lines: lines(28, 2, "0.12", 4, { mode: true }),
  }),
  fallsFrom: broke(now),
});

export const held = (now: number): Moment => {
  const reason = "the database team asked for five minutes";
  const why = `Held by Mira: ${reason}`;
  return {
    standing: standingOf("held", {
      since: now - 20 * s,
      prepared: true,
      strikes: 20,
      held: { phase: "preparing", by: "Mira", reason },
    }),
    decisions: [
      ...wayOut(now).slice(0, 2),
      decisionOf(now - 20 * s, "preparing", "held", why, { by: "Mira" }),
    ],
    voices: crowd(now, hurt),
    report: reportOf(now - 300, {
      ...trouble(now),
      regions: outOfHome,
      why,
      lines: lines(20, 2, "0.12", 4),
    }),
    fallsFrom: broke(now),
  };
};

/** Both regions are bad. */
export function nowhere(now: number): Moment {
  const why = "Users in us-east-1 are hurt but stay: us-west-2 is not fit";
  const argued = lines(28, 2, "0.12", 1);
  argued.for[3] = line("fit", "us-west-2 scores 0.7 or more", false, "0.31");
  argued.for[4] = line("margin", "us-west-2 scores 0.2 more than us-east-1", false, "+0.19");
  return {
    standing: standingOf("preparing", { since: now - 38 * s, prepared: true, strikes: 28 }),
    decisions: [...wayOut(now).slice(0, 2), decisionOf(now - 9 * s, "preparing", "preparing", why)],
    board: boardOfOutage(now),
    voices: crowd(now, hurt),
    report: reportOf(now - 400, {
      ...trouble(now),
      regions: [
        healthOf("us-east-1", unfit),
        healthOf("us-west-2", {
          score: 0.31,
          votes: [],
          coverage: 0.71,
          reasons: [{ says: "60 % of the workload's answers fail", costs: 0.69, node: null }],
          capacity: { running: 1, desired: 4 },
        }),
        healthOf("eu-west-1"),
      ],
      why,
      lines: argued,
    }),
    fallsFrom: broke(now),
  };
}
