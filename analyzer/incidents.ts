/** analyzer · pure. From what is wrong to what people are told: one incident for each thing, opened once, changed when there
 *  is something new to say, closed when it is known to be over. Like a ward's whiteboard: one line a patient, however many
 *  complaints, and nobody is wiped off before the doctor has seen them well. */
import { type Board, type Incident, regionOf } from "../store/records.ts";
import { quorum } from "./argue.ts";
import { ownLines, type Patience, type Sight, split, type Wrong, wrongs } from "./incidents/wrongs.ts";

export type { Sight } from "./incidents/wrongs.ts";

export type IncidentRules = Patience & {
  /** What looks over must do so for this long: what comes and goes is one incident, not ten. */
  calmMs: number;
  /** Closed incidents are kept for this long, and no more than so many, for channels that take nothing meanwhile. */
  keptMs: number;
  keptMax: number;
};

/** In cadences, so that a laptop's pace is a laptop's patience: at ten seconds, one minute, five minutes and five. */
export const incidentRules = (cadenceMs: number): IncidentRules => ({
  calmMs: 6 * cadenceMs,
  faultMs: 6 * cadenceMs,
  unconfirmedMs: 30 * cadenceMs,
  silentMs: 30 * cadenceMs,
  keptMs: 24 * 60 * 60_000,
  keptMax: 100,
});

const emptyBoard = (at: number): Board => ({
  at,
  incidents: [],
  told: {},
  failing: {},
  heard: {},
  since: {},
});

/** The board as it should be now. The same sight shown twice changes nothing the second time. */
export function chronicle(before: Board | null, sight: Sight, rules: IncidentRules): Board {
  const { now } = sight;
  const known = before ?? emptyBoard(now);
  const board: Board = { ...known, at: now, heard: listen(known.heard, sight) };
  const wrong = wrongs(sight, board, rules);
  board.since = Object.fromEntries(wrong.map((w) => [nameOf(w), known.since[nameOf(w)] ?? now]));
  const ripe = wrong.filter((w) => now - (board.since[nameOf(w)] ?? now) >= patienceOf(w, rules));
  board.incidents = kept(told(known.incidents, wrong, ripe, sight, rules), now, rules);
  const ids = new Set(board.incidents.map((i) => i.id));
  board.told = Object.fromEntries(
    Object.entries(known.told).map(([channel, editions]) => [
      channel,
      Object.fromEntries(Object.entries(editions).filter(([id]) => ids.has(id))),
    ]),
  );
  return board;
}

const nameOf = ({ kind, about }: Pick<Incident, "kind" | "about">) => `${kind} ${about}`;

function patienceOf({ kind }: Wrong, { faultMs, unconfirmedMs }: IncidentRules): number {
  if (kind === "standby") return unconfirmedMs; // its tasks may be replaced meanwhile
  return kind === "vantage" || kind === "hands" || kind === "channel" ? faultMs : 0;
}

/** A beat from a clock that is ahead counts as of now; what was never heard counts from when it was first listened for. */
function listen(heard: Board["heard"], { beats, now }: Sight): Board["heard"] {
  const next = { ...heard };
  for (const [region, at] of Object.entries(beats)) {
    next[region] = Math.max(next[region] ?? (at === null ? now : 0), Math.min(at ?? 0, now));
  }
  return next;
}

/** The incidents with this sight's news: each thing wrong finds the incident it belongs to, or opens one. */
function told(
  before: readonly Incident[],
  wrong: readonly Wrong[],
  ripe: readonly Wrong[],
  sight: Sight,
  rules: IncidentRules,
): Incident[] {
  const { now } = sight;
  const closed = before.filter((i) => i.resolvedAt !== null);
  const open = before.filter((i) => i.resolvedAt === null).sort((a, b) => a.openedAt - b.openedAt);
  const news = new Map<Incident, Wrong[]>();
  const into = new Map<Incident, Incident>(); // one root explains them both after all
  const opened: Incident[] = [];
  for (const w of ripe) {
    const [first, ...others] = open.filter((i) => !into.has(i) && belongs(w, i));
    if (!first) {
      if (!opened.some((i) => belongs(w, i))) opened.push(withDecision(openedFrom(w, now), sight, now - 1));
      continue;
    }
    const same = others.filter((i) => w.kind === "trouble" && shares(w.nodes, i.nodes));
    for (const i of same) into.set(i, first);
    const nodes = [...w.nodes, ...same.flatMap((i) => i.nodes)];
    news.set(first, [...(news.get(first) ?? []), { ...w, nodes }]);
  }
  const after = open.map((i) => {
    const host = into.get(i);
    if (host) return closedAs(i, now, `It is part of another: ${host.title}`);
    const grown = (news.get(i) ?? []).reduce<Incident>((so, w) => grownBy(so, w, now), i);
    const retold = withDecision(grown, sight, i.changedAt);
    if (wrong.some((w) => belongs(w, i)) || !isKnownOver(i, sight)) return { ...retold, wellSince: null };
    const wellSince = retold.wellSince ?? now;
    if (now - wellSince < rules.calmMs) return { ...retold, wellSince };
    return closedAs({ ...retold, wellSince }, now, `Over since ${new Date(wellSince).toISOString()}`);
  });
  return [...closed, ...after, ...opened];
}

/** Whether something wrong is this incident's. Of troubles, whatever shares a node with it; a move belongs to the trouble
 *  in the region that is left, as long as that is open. */
function belongs(w: Wrong, i: Wrong): boolean {
  if (nameOf(w) === nameOf(i)) return true;
  if (w.kind === "move") return i.kind === "trouble" && i.region === w.region;
  if (w.kind !== "trouble" || i.kind !== "trouble") return false;
  const usersHere = w.about === w.region || i.about === i.region; // their users are hurt by it, or were before it was known
  return shares(w.nodes, i.nodes) || (usersHere && w.region === i.region);
}

const shares = (some: readonly string[], others: readonly string[]) =>
  some.some((node) => others.includes(node));

const openedFrom = (w: Wrong, now: number): Incident => ({
  ...w,
  id: `${w.kind}/${w.about}/${new Date(now).toISOString()}`,
  edition: 1,
  openedAt: now,
  changedAt: now,
  wellSince: null,
  resolvedAt: null,
});

const severities = ["info", "warning", "critical"] as const;

/** Grows only: what comes and goes is not told again and again, and one incident has as many editions as it has nodes,
 *  severities and decisions. */
function grownBy(i: Incident, w: Wrong, now: number): Incident {
  const severity = severities[Math.max(severities.indexOf(i.severity), severities.indexOf(w.severity))];
  const nodes = [...new Set([...i.nodes, ...w.nodes])];
  if (severity === undefined || (severity === i.severity && nodes.length === i.nodes.length)) return i;
  const renamed = w.kind === i.kind && w.severity === severity ? { title: w.title, lines: w.lines } : {};
  return {
    ...i,
    ...renamed,
    severity,
    nodes,
    edition: i.changedAt === now ? i.edition : i.edition + 1,
    changedAt: now,
  };
}

const linesMax = 20;

/** What was decided after `since` is told where it belongs: with the trouble in the home region, or the move from it. */
function withDecision(i: Incident, { looked, now }: Sight, since: number): Incident {
  const decision = looked?.decision;
  if (!looked || !decision || decision.at <= since) return i;
  if (i.kind !== "trouble" && i.kind !== "move") return i;
  if (i.region !== regionOf(looked.topology, "primary") || i.lines.at(-1) === decision.why) return i;
  const edition = i.changedAt === now ? i.edition : i.edition + 1; // one edition a sight
  return { ...i, lines: [...i.lines, decision.why].slice(-linesMax), edition, changedAt: now };
}

const closedAs = (i: Incident, now: number, why: string): Incident => ({
  ...i,
  lines: [...i.lines, why],
  edition: i.edition + 1,
  changedAt: now,
  resolvedAt: now,
});

/** Whether what is not wrong any more is known to be well: silence is no proof. */
function isKnownOver(i: Incident, { looked }: Sight): boolean {
  if (i.kind === "silence" || i.kind === "hands" || i.kind === "channel") return true;
  if (!looked) return false;
  const { assessment } = looked;
  if (i.kind === "vantage" || i.kind === "move") return true;
  if (i.kind === "standby") {
    const lines = ownLines(looked.readiness);
    return lines.length > 0 && lines.every((l) => l.met === true || l.value === "never tested");
  }
  const verdicts = new Map(assessment.services.map((s) => [`${s.service}@${s.region}`, s.verdict]));
  const nodesUp = i.nodes.every((node) => (verdicts.get(node) ?? "up") === "up");
  const votes = quorum(assessment.regions.find((r) => r.region === (i.region ?? split(i.about)[1])));
  return nodesUp && !votes.couldBe;
}

/** Open ones, and the newest of those closed lately. */
function kept(incidents: readonly Incident[], now: number, { keptMs, keptMax }: IncidentRules): Incident[] {
  const recent = incidents.filter((i) => i.resolvedAt !== null && now - i.resolvedAt < keptMs);
  return [...recent.slice(-keptMax), ...incidents.filter((i) => i.resolvedAt === null)];
}
