/** infra/replayed · one story, minute by minute: what was seen, which root was named when, what was predicted and came,
 *  when the standby was scaled and users moved. Minutes are from T0, the first customer impact. */
import { type Assessment, rootIsOver } from "../../store/records.ts";
import { type Foretold, prophecyOf } from "./prophecy.ts";
import type { Show } from "./stage.ts";
import type { Expectation } from "./story.ts";

export type Line = {
  minute: number;
  what: "seen" | "root" | "scope" | "standby" | "users" | "phase" | "wave";
  says: string;
};

export type Played = {
  name: string;
  lines: Line[];
  /** When the root that the story expects was named; any root where it expects none. */
  rootNamedAt: number | null;
  standbyScaledAt: number | null;
  movedAt: number | null;
  /** Falls of watched nodes that were foretold on known grounds, and when; and when each came, if it did. A node that
   *  falls again in a later wave is foretold again. */
  foretold: Foretold[];
  /** Watched nodes that fell before that root was named, so that nobody could foretell it; the roots left out. */
  tooSoon: string[];
  /** Watched nodes that fell later and had not been foretold, the roots themselves left out. */
  unforetold: string[];
  met: { expectation: Expectation; met: boolean }[];
  passed: boolean;
};

export async function play(
  name: string,
  stage: Show,
  expectations: readonly Expectation[] = [],
): Promise<Played> {
  const { home, standby } = stage;
  const lines: Line[] = [];
  const prophecy = prophecyOf(stage);
  const roots = new Map<string, number>();
  const scopes = new Map<number, string>();
  const waves = new Set<number>();
  let last = { root: "", scope: "none", wave: "", phase: "home", users: home, tasks: stage.tasksIn(standby) };
  let standbyScaledAt: number | null = null;
  let movedAt: number | null = null;
  const note = (what: Line["what"], says: string) => void lines.push({ minute: stage.minute(), what, says });

  while (!stage.isOver()) {
    const { assessment } = await stage.advance();
    const now = stage.minute();
    for (const says of stage.happened()) note("seen", says);
    const { cascade, scope } = assessment;
    prophecy.hear(assessment, now);
    if (cascade.root && !roots.has(cascade.root)) roots.set(cascade.root, now);
    scopes.set(now, scope.kind);
    if (cascade.aftermath) waves.add(now);
    const next = {
      root: `${cascade.root ?? ""}${rootIsOver(assessment) ? " over" : ""}`,
      scope: scope.kind,
      wave: cascade.aftermath?.root ?? "",
      phase: (await stage.store.standing())?.phase ?? "home",
      users: stage.usersIn(),
      tasks: stage.tasksIn(standby),
    };
    if (next.root !== last.root) note("root", next.root === "" ? "none" : rootSays(assessment));
    if (next.scope !== last.scope) note("scope", [next.scope, ...scope.evidence].join("; "));
    if (next.wave !== last.wave) note("wave", waveSays(assessment, stage.at));
    if (next.phase !== last.phase) note("phase", `${last.phase} -> ${next.phase}`);
    if (next.tasks !== last.tasks)
      note("standby", `${standby} runs ${next.tasks} task${next.tasks === 1 ? "" : "s"}`);
    if (next.users !== last.users) note("users", `sent to ${next.users}`);
    if (next.tasks > last.tasks) standbyScaledAt ??= now;
    if (next.users !== home) movedAt ??= now;
    last = next;
  }

  const wanted = expectations.find((e) => e.kind === "root")?.node;
  const rootNamedAt = wanted ? (roots.get(wanted) ?? null) : ([...roots.values()][0] ?? null);
  const knownAt = rootNamedAt ?? Infinity;
  const fell = prophecy.unforetold.filter((f) => !roots.has(f.node));
  const outcome = { rootNamedAt, standbyScaledAt, movedAt, roots, scopes, waves };
  const met = expectations.map((expectation) => ({ expectation, met: holds(expectation, outcome) }));
  return {
    name,
    lines,
    rootNamedAt,
    standbyScaledAt,
    movedAt,
    foretold: prophecy.foretold,
    tooSoon: namesOf(fell.filter((f) => f.at <= knownAt)),
    unforetold: namesOf(fell.filter((f) => f.at > knownAt)),
    met,
    passed: met.every((m) => m.met),
  };
}

const namesOf = (falls: readonly { node: string }[]) => [...new Set(falls.map((f) => f.node))];

type Outcome = Pick<Played, "rootNamedAt" | "standbyScaledAt" | "movedAt"> & {
  roots: ReadonlyMap<string, number>;
  scopes: ReadonlyMap<number, string>;
  waves: ReadonlySet<number>;
};

function holds(e: Expectation, o: Outcome): boolean {
  const inTime = (at: number | null, by: number | null) =>
    by === null ? at === null : at !== null && at <= by;
  switch (e.kind) {
    case "root":
      return inTime(o.roots.get(e.node) ?? null, e.by);
    case "standby":
      return inTime(o.standbyScaledAt, e.by);
    case "moved":
      return inTime(o.movedAt, e.by) && (o.movedAt ?? e.from) >= e.from;
    case "scope":
      return o.scopes.get(e.at) === e.scope;
    case "second-wave":
      return o.waves.has(e.at);
  }
}

function rootSays({ cascade }: Assessment): string {
  const [best] = cascade.candidates;
  const isAlone = cascade.fallen.length === 1; // it explains itself, which says nothing of how sure we are
  const share = isAlone ? "" : `, ${(cascade.confidence ?? 0).toFixed(2)}`;
  return `${cascade.root}${share}: ${best?.for[0] ?? ""}`;
}

function waveSays({ cascade }: Assessment, at: (instant: number) => number): string {
  const after = cascade.aftermath;
  if (!after) return "none is expected any more";
  return `expected after ${after.root} until ${signed(at(after.until))}, unless ${after.waitingFor.map((n) => n.split("@")[0]).join(", ")} are seen well before`;
}

/** `+23`, and `+2:15` where seconds are told. */
export function signed(minute: number): string {
  const seconds = Math.round(Math.abs(minute) * 60);
  const whole = `${minute < 0 ? "-" : "+"}${Math.floor(seconds / 60)}`;
  return seconds % 60 === 0 ? whole : `${whole}:${String(seconds % 60).padStart(2, "0")}`;
}
