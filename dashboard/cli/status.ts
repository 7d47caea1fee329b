/** dashboard · command line. How things stand, in a few lines; exit code 1 while users are hurt or away from home. */
import type { Command } from "commander";
import { percent, rate, score, span } from "../figures.ts";
import { lineSays, reasonSays } from "../reasons.ts";
import { rawState, read, type Seen } from "./call.ts";
import { clientCommand, columns, type Options, paint, plain, print, run } from "./command.ts";

export function statusCommand(): Command {
  return clientCommand("status", "How things stand: users, traffic, cause, what comes next")
    .option("--why", "also print the rules for and against a move")
    .action((options: Options & { why?: boolean }) =>
      run(options, async (where) => {
        const raw = await rawState(where);
        const state = read(where, raw);
        if (options.json) print(JSON.stringify(raw));
        else print([...lines(state), ...(options.why ? rules(state) : [])].join("\n"));
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
  const table = columns([
    ["REGION", "ROLE", "SCORE", "TASKS", "SHARE", "FAILING", "REASONS"],
    ...s.regions.map((r) => [
      r.region,
      s.lever.drained[r.region] ? `${r.role}, drained` : r.role,
      score(r.score),
      r.capacity ? `${r.capacity.running} of ${r.capacity.desired}` : "-",
      r.users?.share == null ? "-" : `${percent(r.users.share)} %`,
      r.users?.failedShare == null
        ? "-"
        : `${percent(r.users.failedShare)} % of ${rate(r.users.requestsPerSecond)}/s`,
      r.reasons.map((x) => `-${x.costs.toFixed(2)} ${plain(lineSays(x.says))}`).join("; "),
    ]),
  ]);
  const { root, fallen, next } = s.cascade;
  const fall = root
    ? [
        "",
        `${paint("bold", "Cascade")}  root ${root}`,
        ...fallen.map((f) => `  fell   ${f.node}: ${plain(reasonSays(f.says))}`),
        ...next.slice(0, 8).map((n) => `  next   ${n.node}: ${plain(n.says)}, ${whenSays(n.from, n.until)}`),
      ]
    : [];
  const broken = s.faults.map((f) => `  ${f.fault} ${f.service ? `${f.service} in ` : ""}${f.region}`);
  return [
    ...head,
    "",
    ...table,
    ...fall,
    ...(broken.length > 0 ? ["", paint("bold", "Broken on purpose"), ...broken] : []),
    ...(s.why ? ["", `${paint("bold", "Why")}  ${plain(s.why)}`] : []),
  ];
}

const whenSays = (from: string, until: string): string => {
  const ahead = Date.parse(from) - Date.now();
  const end = Math.max(0, Date.parse(until) - Date.now());
  return ahead > 0 ? `in ${span(ahead)} to ${span(end)}` : `within ${span(end)}`;
};

export function rules(s: Pick<Seen, "for" | "against">): string[] {
  const word = (met: boolean | null) => (met === null ? "unknown" : met ? "met" : "not met");
  const rows = [
    ...s.for.map((l) => ["for", word(l.met), l.value, l.says]),
    ...s.against.map((l) => ["against", word(l.met), l.value, l.says]),
  ];
  return ["", ...columns(rows.map((row) => row.map(plain)))];
}
