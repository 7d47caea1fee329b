/** tests · dashboard · scenes. Where the failover stands, what it did, and what people were told. */
import { atHome } from "../../../analyzer/failover.ts";
import type { Board, Decision, Incident, Phase, Standing } from "../../../store/records.ts";
import { lines } from "./assessed.ts";
import { s, T } from "./ground.ts";

export const standingOf = (phase: Phase, over: Partial<Standing> = {}): Standing => ({
  ...atHome(T - 3_600 * s),
  version: 1,
  phase,
  evidenceAt: T,
  ...over,
});

let decisionCount = 0;
export function decisionOf(
  at: number,
  from: Phase,
  to: Phase,
  why: string,
  over: Partial<Decision> = {},
): Decision {
  decisionCount += 1;
  return {
    id: `d-${decisionCount}`,
    at,
    from,
    to,
    by: "rules",
    why,
    ...lines(3, 2, "0.12", 4),
    orders: [],
    scores: { "us-east-1": 0.12, "us-west-2": 1, "eu-west-1": 1 },
    root: null,
    evidenceAt: at,
    votes: [],
    lagMs: {},
    vetoes: [],
    overruled: [],
    manner: null,
    request: null,
    leverHeldAt: null,
    scope: { kind: "none", region: null, evidence: [] },
    estimate: [],
    ...over,
  };
}

export const incidentOf = (at: number, over: Partial<Incident> = {}): Incident => ({
  id: `trouble dynamodb@us-east-1 ${at}`,
  kind: "trouble",
  about: "dynamodb@us-east-1",
  region: "us-east-1",
  severity: "critical",
  title: "Users in us-east-1 are hurt: dynamodb fails",
  lines: ["Fell with it: lambda, sts", "Seen by 2 of 2 vantage points outside us-east-1"],
  nodes: ["dynamodb@us-east-1", "lambda@us-east-1", "sts@us-east-1"],
  edition: 2,
  openedAt: at,
  changedAt: at,
  wellSince: null,
  resolvedAt: null,
  ...over,
});

export const boardOf = (at: number, incidents: Incident[], over: Partial<Board> = {}): Board => ({
  at,
  incidents,
  told: { pager: Object.fromEntries(incidents.map((i) => [i.id, i.edition])) },
  failing: {},
  heard: {},
  since: {},
  ...over,
});
