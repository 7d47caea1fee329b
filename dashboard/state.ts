/** dashboard · pure. The state as programs read it: `GET /api/state` and each event of `/api/live`. Instants are
 *  ISO 8601 in UTC; null means not known, never zero. */
import { meaning } from "../analyzer/phases.ts";
import { totalMs } from "../analyzer/recovery.ts";
import type { Decision, RecoveryPart, Request, Vote } from "../store/records.ts";
import type { StateJson } from "./answers.ts";
import { AskKind, whyNotNow } from "./ask.ts";
import { explain } from "./explain.ts";
import { reached } from "./incidents.ts";
import { askedTakes } from "./underway.ts";
import { type Verdict, verdict } from "./verdict.ts";
import { healthOf, type View } from "./view.ts";

const iso = (at: number): string => new Date(at).toISOString();
const wholeOf = (parts: readonly RecoveryPart[]) => ({ totalMs: totalMs(parts), parts: [...parts] });
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export function stateJson(view: View, said: Verdict = verdict(view)): StateJson {
  const { report, standing, users, topology, primary, standby, play } = view;
  const now = report?.assessment;
  const after = now?.cascade.aftermath ?? null;
  return {
    at: now ? iso(now.at) : null,
    servedAt: iso(view.now),
    stale: view.stale,
    title: view.title,
    verdict: { state: said.state, users: said.users, says: said.says, evidence: said.evidence },
    phase: view.phase,
    phaseMeans: meaning[view.phase],
    since: standing ? iso(standing.since) : null,
    mode: view.rules.mode,
    activeRegion: view.active,
    regions: topology.regions.map(({ region, role }) => {
      const health = healthOf(view, region);
      const here = users?.byRegion[region];
      return {
        region,
        role,
        score: health?.score ?? null,
        coverage: health?.coverage ?? null,
        reasons: health?.reasons ?? [],
        votes: (health?.votes ?? []).map(voteOf),
        capacity: health?.capacity ?? null,
        lagMs: health?.lagMs ?? null,
        certificateDays: health?.certificateDays ?? null,
        p95Ms: health?.p95Ms ?? null,
        users: here
          ? {
              requestsPerSecond: here.requestsPerSecond,
              failedShare: here.failedShare,
              share: here.share,
              p95Ms: here.p95Ms,
            }
          : null,
      };
    }),
    services: (now?.services ?? []).map((s) => ({ ...s, since: iso(s.since) })),
    anomalies: (now?.anomalies ?? []).map((a) => ({ ...a, at: iso(a.at) })),
    cascade: {
      root: now?.cascade.root ?? null,
      confidence: now?.cascade.confidence ?? null,
      evidence: now?.cascade.evidence ?? [],
      risk: now?.cascade.risk ?? {},
      candidates: now?.cascade.candidates ?? [],
      suppressed: now?.cascade.suppressed ?? [],
      aftermath: after && {
        ...after,
        beganAt: iso(after.beganAt),
        endedAt: iso(after.endedAt),
        until: iso(after.until),
      },
      fallen: (now?.cascade.fallen ?? []).map((f) => ({ ...f, since: iso(f.since) })),
      next: (now?.cascade.next ?? []).map((n) => ({ ...n, from: iso(n.from), until: iso(n.until) })),
    },
    /** How far the trouble reaches, which decides whether leaving a region helps. */
    scope: now?.scope ?? null,
    routes: now?.routes ?? [],
    blind: now?.blind ?? [],
    lever: {
      drained: { [primary]: standing?.drained === primary, [standby]: standing?.drained === standby },
      unconfirmed: view.unconfirmed.map((o) => ({ ...o, at: iso(o.at) })),
    },
    why: report?.why ?? null,
    /** Why things are as they are, in sentences. */
    explains: explain(view),
    /** About how long a move would take now, at most; null where a part is not known. */
    recovery: { ...wholeOf(report?.recovery ?? []), asked: wholeOf(askedTakes(view)) },
    readiness: report?.readiness ?? null,
    for: report?.for ?? [],
    against: report?.against ?? [],
    standing: standing && {
      version: standing.version,
      prepared: standing.prepared,
      strikes: standing.strikes,
      steady: standing.steady,
      wellSince: isoOrNull(standing.wellSince),
      blockers: standing.blockers,
      moves: standing.moves.map(iso),
      movedBy: standing.movedBy,
      held: standing.held,
      request: standing.request && requestOf(standing.request),
      windows: standing.windows.map((w) => ({ ...w, from: iso(w.from), until: iso(w.until) })),
      manner: standing.manner,
      leverHeldAt: isoOrNull(standing.leverHeldAt),
    },
    /** What a person may ask for now: null, or why not. */
    may: Object.fromEntries(AskKind.options.map((kind) => [kind, whyNotNow(kind, view)])) as StateJson["may"], // one for each of the options
    requests: view.requests.map(requestOf),
    decisions: view.decisions.map(decisionOf),
    users: users && {
      heardAt: iso(users.heardAt),
      requestsPerSecond: users.requestsPerSecond,
      failedPerSecond: users.failedPerSecond,
      failedShare: users.failedShare,
      p95Ms: users.p95Ms,
      byRegion: users.byRegion,
    },
    /** What is open, and what was over of late; `told` and `untold` are channels. */
    incidents: (view.board?.incidents ?? []).map((i) => ({
      ...i,
      openedAt: iso(i.openedAt),
      changedAt: iso(i.changedAt),
      wellSince: isoOrNull(i.wellSince),
      resolvedAt: isoOrNull(i.resolvedAt),
      ...reached(i, view),
    })),
    /** Channels that take no messages. */
    failing: Object.entries(view.board?.failing ?? {}).map(([channel, { since, why }]) => ({
      channel,
      since: iso(since),
      why,
    })),
    faults: play?.faults.map((f) => ({ ...f, since: iso(f.since) })) ?? [],
    nameServer: play?.playground.nameServer ?? null,
    rules: view.rules,
  };
}

export const decisionOf = (d: Decision) => ({
  ...d,
  at: iso(d.at),
  orders: d.orders.map((o) => ({ ...o, at: iso(o.at) })),
  evidenceAt: iso(d.evidenceAt),
  leverHeldAt: isoOrNull(d.leverHeldAt),
  votes: d.votes.map(voteOf),
  request: d.request && requestOf(d.request),
});

const voteOf = (v: Vote) => ({ ...v, at: isoOrNull(v.at) });

function requestOf({ starts, ends, ...request }: Request) {
  return {
    ...request,
    at: iso(request.at),
    ...(starts === undefined ? {} : { starts: iso(starts) }),
    ...(ends === undefined ? {} : { ends: iso(ends) }),
  };
}
