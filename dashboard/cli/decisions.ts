/** dashboard · command line. The journal: what was decided and when; or one decision with everything it was made from. */
import type { Command } from "commander";
import * as z from "zod";
import { Decision, parse } from "../../store/records.ts";
import type { DecisionAnswer } from "../answers.ts";
import { known, ruleSays } from "../explain.ts";
import { call, SaysNo } from "./call.ts";
import { clientCommand, columns, type Options, paint, plain, print, run } from "./command.ts";
import { reads } from "./reads.ts";

const shape = Decision.shape;
const instant = z.iso.datetime();
/** A decision as the API gives it: its instants are ISO 8601. */
const Told = reads<typeof DecisionAnswer>()(
  z.looseObject({
    id: shape.id,
    at: instant,
    from: shape.from,
    to: shape.to,
    by: shape.by,
    why: shape.why,
    for: shape.for,
    against: shape.against,
    evidenceAt: instant,
    orders: z.array(z.looseObject({ kind: z.string(), region: z.string(), at: instant })),
    votes: z.array(
      z.looseObject({
        vantage: z.string(),
        says: shape.votes.unwrap().element.shape.says,
        why: z.string(),
        at: instant.nullable(),
      }),
    ),
    scores: shape.scores,
    root: shape.root,
    scope: shape.scope.unwrap(),
    lagMs: shape.lagMs.unwrap(),
    vetoes: z.array(z.string()),
    overruled: z.array(z.string()),
    manner: shape.manner.unwrap(),
    leverHeldAt: instant.nullable(),
  }),
);
type Told = z.infer<typeof Told>;

export function decisionsCommand(): Command {
  return clientCommand(
    "decisions",
    "what was decided, newest first; or one decision with all it was made from",
  )
    .argument("[id]", "one decision's record")
    .option("--limit <n>", "how many to list", "20")
    .action((id: string | undefined, options: Options & { limit: string }) =>
      run(options, async (where) => {
        if (id !== undefined) {
          const answer = await call(where, "GET", `/api/decisions/${encodeURIComponent(id)}`);
          if (options.json) print(JSON.stringify(answer));
          else for (const line of whole(parse("decision", Told, answer))) print(line);
          return true;
        }
        const answer = await call(where, "GET", `/api/decisions?limit=${encodeURIComponent(options.limit)}`);
        const { decisions } = parse("answer", z.looseObject({ decisions: z.array(Told) }), answer);
        if (options.json) print(JSON.stringify(answer));
        else if (decisions.length === 0) throw new SaysNo("Nothing has been decided yet");
        else for (const line of listed(decisions)) print(line);
        return true;
      }),
    );
}

const phases = (d: Told) => (d.from === d.to ? `still ${d.to}` : `${d.from} -> ${d.to}`);

const listed = (all: readonly Told[]): string[] =>
  columns([
    ["RECORD", "TIME (UTC)", "PHASE", "BY", "WHY"],
    ...all.map((d) => [
      plain(d.id),
      d.at.replace("T", " ").slice(0, 19),
      phases(d),
      plain(d.by),
      plain(d.why),
    ]),
  ]);

function whole(d: Told): string[] {
  const word = (met: boolean | null) => (met === null ? "unknown" : met ? "met" : "not met");
  const side = (name: string, lines: Told["for"]) =>
    lines.map((l) => [
      name,
      word(l.met),
      plain(l.value),
      plain(l.says),
      d.vetoes.includes(l.id) ? "kept users" : "",
    ]);
  const votes = d.votes.map(
    (v) => `  ${v.at?.slice(11, 23) ?? "never"}  ${v.vantage} says ${v.says}: ${plain(v.why)}`,
  );
  const orders = d.orders.map((o) => `  ${o.at.slice(11, 23)}  ${o.kind} ${o.region}: ${wanted(o)}`);
  return [
    `${paint("bold", phases(d))}  ${d.at}, by ${plain(d.by)}`,
    `  ${plain(d.why)}`,
    "",
    `${paint("bold", "Known")}  ${plain(known(d))}`,
    `  newest evidence ${d.evidenceAt}`,
    ...d.scope.evidence.map((e) => `  ${plain(e)}`),
    ...(votes.length > 0 ? ["", paint("bold", "Votes"), ...votes] : []),
    "",
    paint("bold", "Rules"),
    ...columns([...side("for", d.for), ...side("against", d.against)]).map((row) => `  ${row}`),
    ...(d.overruled.length > 0
      ? ["", `${paint("bold", "Set aside")}  ${plain(d.overruled.map((id) => ruleSays(d, id)).join(", "))}`]
      : []),
    ...(orders.length > 0 ? ["", paint("bold", "Orders"), ...orders] : []),
    ...(d.manner
      ? [
          "",
          `The move is ${d.manner}; its lever ${d.leverHeldAt ? `was seen to hold at ${d.leverHeldAt}` : "had not been seen to hold yet"}.`,
        ]
      : []),
  ];
}

const wanted = (o: Told["orders"][number]) =>
  o.kind === "capacity"
    ? `${o.want} size`
    : `${o.drained ? "turn users away" : "take users again"}, ${o.manner}`;
