/** dashboard · pure. The report of a move: as JSON for programs, and as Markdown to keep beside the minutes of a drill. */
import type { Drill } from "../analyzer/drill.ts";
import { lagSays } from "../analyzer/spans.ts";
import type { Order } from "../store/records.ts";
import { span } from "./figures.ts";

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export type DrillJson = ReturnType<typeof drillJson>;

/** Instants are ISO 8601 in UTC; null means not known, or not yet. */
export const drillJson = (d: Drill) => ({
  ...d,
  beganAt: iso(d.beganAt),
  pulledAt: iso(d.pulledAt),
  leverHeldAt: isoOrNull(d.leverHeldAt),
  servedAt: isoOrNull(d.servedAt),
  steps: d.steps.map((s) => ({
    ...s,
    at: iso(s.at),
    orders: s.orders.map(orderSays),
  })),
});

const orderSays = (o: Order): string =>
  o.kind === "capacity"
    ? `${o.region} to ${o.want === "full" ? "full" : "its normal"} size`
    : `${o.region} ${o.drained ? "drained" : "takes users again"}`;

const outcomes: Record<DrillJson["outcome"], string> = {
  served: "Users were seen to be served there.",
  "under-way": "It is still under way.",
  "given-up": "It was given up before users were seen there.",
};

export function drillMarkdown(d: DrillJson): string {
  const title = d.kind === "away" ? `Users moved out of ${d.region}` : `Users brought home to ${d.region}`;
  const held = d.leverHeldAt === null ? "was not seen to hold" : `was seen to hold at ${d.leverHeldAt}`;
  return `${[
    `# ${title}`,
    `${d.practised ? "A drill. " : ""}${d.asked ? `Asked for by ${d.by}` : `Decided by ${d.by}`}: ${d.reason.replace(/\s+/g, " ")}${/[.!?]$/.test(d.reason) ? "" : "."} ${outcomes[d.outcome]}`,
    table([
      ["", ""],
      ["Record", d.id],
      ["Manner", d.manner ?? "not known"],
      ["Began", d.beganAt],
      ["Lever pulled", d.pulledAt],
      ["Lever", held],
      ["Users served", d.servedAt ?? "not yet"],
      ...Object.entries(d.lagMs).map(([region, ms]) => [
        `Data in ${region}`,
        ms === null ? "unknown how far behind" : `${lagSays(ms)} behind`,
      ]),
      ...(d.overruled.length > 0 ? [["Rules set aside", d.overruled.join(", ")]] : []),
    ]),
    "## Estimate and what it took",
    table([
      ["Until", "Estimated, at most", "Took"],
      ...d.stretches.map((s) => [
        `${s.until}${partsOf(s)}`,
        spanOr(s.estimatedMs, "no estimate"),
        spanOr(s.tookMs, "not yet"),
      ]),
    ]),
    "The estimate is the most that it takes by the configuration of the moment in which it began, when nothing else goes wrong. Each stretch ends when a round has shown it, so one may seem to take a round or two longer, and the next as much less.",
    "## Steps",
    table([
      ["Time (UTC)", "After", "Phase", "What happened"],
      ...d.steps.map((s) => [
        s.at.slice(11, 19),
        s.afterMs === 0 ? "0 s" : span(s.afterMs),
        s.phase,
        `${s.says}${s.orders.length > 0 ? ` (${s.orders.join("; ")})` : ""}`,
      ]),
    ]),
  ].join("\n\n")}\n`;
}

/** Which parts of the estimate a stretch is held to, each with its time; not repeated of the whole. */
const partsOf = ({ until, parts, estimate }: DrillJson["stretches"][number]) =>
  until === "in all" || parts.length === 0
    ? ""
    : ` (${parts.map((p, i) => `${p} ${spanOr(estimate[i] ?? null, "unknown")}`).join(", ")})`;

const spanOr = (ms: number | null, or: string) => (ms === null ? or : ms === 0 ? "0 s" : span(ms));

/** A table whose cells cannot break it, whatever a person wrote as a reason. */
function table(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replace(/\s+/g, " ").replace(/[\\|]/g, "\\$&");
  const [head = [], ...body] = rows.map((row) => `| ${row.map(cell).join(" | ")} |`);
  return [head, `|${" --- |".repeat(rows[0]?.length ?? 0)}`, ...body].join("\n");
}
