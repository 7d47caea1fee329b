/** tests · dashboard · scenes. What a tick found, and how the rules spoke. All is well but for what a scene says otherwise. */
import { nothingFalls } from "../../../analyzer/cascade.ts";
import type { Health, Report, RuleLine, ServiceHealth } from "../../../store/records.ts";
import { away, home, s, serviceNames, T, witness } from "./ground.ts";

export function healthOf(region: string, over: Partial<Health> = {}): Health {
  const role = region === home ? "primary" : region === away ? "standby" : "witness";
  return {
    region,
    role,
    score: 1,
    coverage: 1,
    reasons: [],
    votes:
      role === "witness"
        ? []
        : [home, away, witness]
            .filter((v) => v !== region)
            .map((vantage) => ({ vantage, says: "fine", why: "all answers came in time", at: T })),
    p95Ms: 14,
    capacity:
      role === "witness"
        ? null
        : { running: role === "primary" ? 4 : 1, desired: role === "primary" ? 4 : 1 },
    lagMs: null,
    certificateDays: null,
    ...over,
  };
}

export function services(now: number, down: Record<string, string> = {}): ServiceHealth[] {
  return [home, away, witness].flatMap((region, r) =>
    serviceNames.map((service, i): ServiceHealth => {
      const reason = down[`${service}@${region}`];
      const unknown = reason === "timeout";
      return {
        service,
        region,
        verdict: reason ? (unknown ? "unknown" : "down") : "up",
        reason: reason ?? null,
        latencyMs: reason ? null : 4 + ((i * 7 + r * 3) % 13),
        agree: 2,
        of: 2,
        since: reason ? now - 34 * s : now - 3_600 * s,
      };
    }),
  );
}

export const line = (id: string, says: string, met: boolean | null, value: string): RuleLine => ({
  id,
  says,
  met,
  value,
});

export function lines(
  strikes: number,
  votes: number,
  homeScore: string,
  tasks: number,
  over: { cooldown?: boolean; mode?: boolean; unknown?: boolean } = {},
) {
  return {
    for: [
      line("hurt", "Users in us-east-1 hurt for 3 rounds", strikes >= 3, `${strikes} rounds`),
      line("quorum", "Seen by most vantage points outside us-east-1", votes >= 2, `${votes} of 2`),
      line("unfit", "us-east-1 scores below 0.7", Number(homeScore) < 0.7, homeScore),
      line(
        "fit",
        "us-west-2 scores 0.7 or more",
        over.unknown ? null : true,
        over.unknown ? "unknown" : "1.00",
      ),
      line(
        "margin",
        "us-west-2 scores 0.2 more than us-east-1",
        Number(homeScore) <= 0.8,
        `+${(1 - Number(homeScore)).toFixed(2)}`,
      ),
      line("capacity", "us-west-2 can carry all users", tasks >= 4, `${tasks} of 4 tasks`),
    ],
    against: [
      line("cooldown", "Moved in the last 60 s", over.cooldown ?? false, over.cooldown ? "9 s ago" : "never"),
      line("budget", "3 moves spent in 60 min", false, over.cooldown ? "1 of 3" : "0 of 3"),
      line(
        "mode",
        "Waiting for a person to approve",
        over.mode ?? false,
        over.mode ? "mode approve" : "mode automatic",
      ),
    ],
  };
}

const readyLines: RuleLine[] = [
  line("fit", "us-west-2 scores 0.7 or more", true, "1.00"),
  line("tasks", "us-west-2 runs the 1 task it keeps ready", true, "1 of 1"),
  line("lever", "The lever works", true, "its shadow followed 12 s ago"),
  line("watchers", "Enough places watch us-east-1", true, "2 of 2"),
  line("free", "Nobody works on it", true, "no window is open"),
];
export const recovery: Report["recovery"] = [
  { part: "detect", says: "3 bad rounds", ms: 3 * s },
  { part: "decide", says: "the next round", ms: s },
  { part: "prepare", says: "until all 4 tasks run", ms: 12 * s },
  { part: "lever", says: "the alarm's period", ms: 2 * s },
  { part: "check", says: "the health check", ms: 3 * s },
  { part: "cache", says: "as long as the name may be cached", ms: 5 * s },
];

export function reportOf(
  at: number,
  over: Partial<Report["assessment"]> & {
    why: string;
    lines: ReturnType<typeof lines>;
    leads?: string | null;
    ready?: boolean;
  },
): Report {
  const { why, lines: argued, leads = home, ready = false, ...assessment } = over;
  return {
    assessment: {
      at,
      evidenceAt: at,
      regions: [healthOf("us-east-1"), healthOf("us-west-2"), healthOf("eu-west-1")],
      services: services(at),
      anomalies: [],
      cascade: nothingFalls(),
      scope: { kind: "none", region: null, evidence: [] },
      routes: [home, away, witness].map((vantage) => ({
        vantage,
        region: leads,
        served: leads !== null,
      })),
      blind: [],
      users: [],
      ...assessment,
    },
    ...argued,
    why,
    tested: null,
    readiness: ready ? { ready, lines: readyLines } : { ready, lines: [] },
    recovery: ready ? recovery : [],
  };
}
