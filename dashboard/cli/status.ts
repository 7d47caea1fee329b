/** dashboard · command line. How things stand, in a few lines; exit code 1 while users are hurt or away from home. */
import type { Command } from "commander";
import { lagSays } from "../../analyzer/spans.ts";
import { percent, rate, score, span } from "../figures.ts";
import { scopeSays } from "../reach.ts";
import { lineSays, reasonSays } from "../reasons.ts";
import { rawState, read, type Seen } from "./call.ts";
import { clientCommand, columns, type Options, paint, plain, print, run } from "./command.ts";

export function statusCommand(): Command {
  return clientCommand("status", "how things stand: users, traffic, cause, what comes next")
    .option("--why", "also explain: why users were moved or were not, and every rule with its value")
    .action((options: Options & { why?: boolean }) =>
      run(options, async (where) => {
        const raw = await rawState(where);
        const state = read(where, raw);
        if (options.json) print(JSON.stringify(raw));
        else print([...lines(state), ...(options.why ? why(state) : [])].join("\n"));
        return isWell(state);
      }),
    );
}

/** Well: heard, fresh, at home, and nobody's users are hurt. */
export const isWell = (s: Seen): boolean =>
  s.at !== null && !s.stale && s.phase === "home" && s.verdict.users === "fine" && s.verdict.state === "calm";

function lines(s: Seen): string[] {
  const tone = { calm: "bold", outage: "red", moving: "blue", away: "blue" } as const;
  const loud = tone[s.verdict.state as keyof typeof tone] ?? "yellow";
  const age = s.at === null ? "nothing heard yet" : `heard ${span(Date.now() - Date.parse(s.at))} ago`;
  const head = [
    `${paint(loud, s.verdict.state.toUpperCase())}  ${plain(s.verdict.says)}`,
    ...s.verdict.evidence.map((e) => `  ${plain(e)}`),
    paint("dim", `  phase ${s.phase}, mode ${s.mode}, traffic to ${s.activeRegion ?? "no region"}, ${age}`),
  ];
  const copied = s.for.some((l) => l.id === "recovery-point");
  const table = columns([
    ["REGION", "ROLE", "SCORE", "TASKS", ...(copied ? ["DATA BEHIND"] : []), "SHARE", "FAILING", "REASONS"],
    ...s.regions.map((r) => [
      r.region,
      s.lever.drained[r.region] ? `${r.role}, drained` : r.role,
      score(r.score),
      r.capacity ? `${r.capacity.running} of ${r.capacity.desired}` : "-",
      ...(copied ? [r.role === "witness" ? "-" : r.lagMs === null ? "unknown" : lagSays(r.lagMs)] : []),
      r.users?.share == null ? "-" : `${percent(r.users.share)} %`,
      r.users?.failedShare == null
        ? "-"
        : `${percent(r.users.failedShare)} % of ${rate(r.users.requestsPerSecond)}/s`,
      r.reasons.map((x) => `-${x.costs.toFixed(2)} ${plain(lineSays(x.says))}`).join("; "),
    ]),
  ]);
  const { root, evidence, fallen, next, candidates, aftermath } = s.cascade;
  const reach = s.scope && scopeSays(s.scope);
  const others = candidates.filter((c) => c.node !== root).slice(0, 3);
  const fall =
    root || fallen.length > 0
      ? [
          "",
          `${paint("bold", "Cascade")}  ${root ? `root ${root}` : "no one cause explains what fails"}`,
          ...fallen.map((f) => `  fell   ${f.node}: ${plain(reasonSays(f.says))}`),
          ...evidence.slice(0, 1).map((line) => `  as     ${plain(line)}`),
          ...next
            .slice(0, 8)
            .map((n) => `  next   ${n.node}: ${plain(n.says)}, ${whenSays(n.from, n.until)}`),
          ...(reach ? [`  reach  ${plain(reach)}`] : []),
          ...(others.length > 0
            ? [`  or     ${others.map((c) => plain(`${c.node} (${percent(c.score)} %)`)).join(", ")}`]
            : []),
        ]
      : aftermath
        ? [
            "",
            `${paint("bold", "Cascade")}  ${plain(aftermath.says)}, until ${aftermath.until} at the latest`,
          ]
        : [];
  const broken = s.faults.map((f) => `  ${f.fault} ${f.service ? `${f.service} in ` : ""}${f.region}`);
  return [
    ...head,
    "",
    ...table,
    "",
    ...outlook(s),
    ...fall,
    ...incidents(s),
    ...(broken.length > 0 ? ["", paint("bold", "Broken on purpose"), ...broken] : []),
    ...(s.why ? ["", `${paint("bold", "Why")}  ${plain(s.why)}`] : []),
  ];
}

const whenSays = (from: string, until: string): string => {
  const ahead = Date.parse(from) - Date.now();
  const end = Math.max(0, Date.parse(until) - Date.now());
  return ahead > 0 ? `in ${span(ahead)} to ${span(end)}` : `within ${span(end)}`;
};

function incidents({ incidents: all, failing }: Seen): string[] {
  const open = all.filter((i) => i.resolvedAt === null);
  if (open.length + failing.length === 0) return [];
  return [
    "",
    paint("bold", "Incidents"),
    ...open.map((i) => {
      const who = i.untold.length > 0 ? `, not told yet: ${i.untold.join(", ")}` : "";
      return `  ${i.severity.padEnd(8)}  ${plain(i.title)}, for ${span(Date.now() - Date.parse(i.openedAt))}${plain(who)}`;
    }),
    ...failing.map((f) =>
      paint("yellow", `  ${plain(`${f.channel} takes no messages since ${f.since}: ${f.why}`)}`),
    ),
  ];
}

/** Whether a move could be made now, and about how long it would take. */
function outlook(s: Seen): string[] {
  const standby = s.regions.find((r) => r.role === "standby")?.region ?? "the standby";
  const missing = (s.readiness?.lines ?? []).filter((l) => l.met !== true);
  const ready =
    missing.length === 0 && s.readiness?.ready
      ? `${standby} is ready to take over`
      : `${standby} is not ready: ${missing.map((l) => `${l.says} (${l.value})`).join("; ") || "nothing is known yet"}`;
  return [`${paint("bold", "Ready")}  ${plain(ready)}`, `${paint("bold", "Move")}   ${moveTakes(s)}`];
}

export function moveTakes({ recovery: { totalMs, parts } }: Pick<Seen, "recovery">): string {
  if (parts.length === 0) return "how long a move takes is not known yet";
  const unknown = parts.filter((p) => p.ms === null).map((p) => p.part);
  return totalMs === null
    ? `how long a move takes is not known (${unknown.join(", ")})`
    : `about ${span(totalMs)} at most from the first failure: ${parts.map((p) => `${p.part} ${p.ms === 0 ? "0 s" : span(p.ms ?? 0)}`).join(", ")}`;
}

function why(s: Seen): string[] {
  return ["", paint("bold", "Why, in words"), ...s.explains.map((line) => `  ${plain(line)}`), ...rules(s)];
}

export function rules(s: Pick<Seen, "for" | "against">): string[] {
  const word = (met: boolean | null) => (met === null ? "unknown" : met ? "met" : "not met");
  const rows = [
    ...s.for.map((l) => ["for", word(l.met), l.value, l.says]),
    ...s.against.map((l) => ["against", word(l.met), l.value, l.says]),
  ];
  return ["", ...columns(rows.map((row) => row.map(plain)))];
}
