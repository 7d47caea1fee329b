/** analyzer · for people. The blast radius as a tree, causes above what they take, each with its time, its words and who
 *  says so; below it what may follow once the failure is over. */
import { styleText } from "node:util";
import type { Reach } from "../cascade/blast.ts";
import { minuteMs, split } from "../cascade/graph.ts";
import type { Wave } from "../cascade/waves.ts";
import type { Edge, Stage } from "../dependencies.ts";

type Row = { tree: string; name: string; when: string; says: string; who: string };

const style = (format: "bold" | "dim", text: string) => styleText(format, text, { stream: process.stdout });

export function draw(
  falls: readonly Reach[],
  after: readonly Wave[],
  lastsMinutes: number,
  unexplained: string | null,
): string {
  const root = falls[0];
  if (!root) return "";
  const hurt = unexplained ? `${split(root.node)[0]} itself was hurt, cause unknown: ${unexplained}.\n` : "";
  if (falls.length === 1)
    return `${style("bold", root.node)} fails: nothing is known to fall with it.\n${hurt}`;
  const lines = table(rowsOf(falls, root.node));
  const end = table(after.map((w) => waveRow(w, root.node, lastsMinutes)));
  return [
    `${style("bold", root.node)} fails, and with it, after:`,
    ...lines,
    ...(end.length > 0 ? ["", `When it is well again after ${lastsMinutes} min, from then on:`, ...end] : []),
    ...(hurt ? ["", hurt.trim()] : []),
    "",
  ].join("\n");
}

/** Depth first, each under the one it falls from; a later bite stands under its node. */
function rowsOf(falls: readonly Reach[], root: string): Row[] {
  const rows: Row[] = [];
  const grow = (node: string, indent: string) => {
    const children = falls.filter((f) => f.because === node);
    children.forEach((fall, i) => {
      const last = i === children.length - 1;
      const under = `${indent}${last ? "   " : "│  "}`;
      const hasMore = falls.some((f) => f.because === fall.node);
      rows.push({
        tree: `${indent}${last ? "└─ " : "├─ "}`,
        name: nameOf(fall.node, root),
        when: span(fall.from, fall.until),
        ...words(fall.edge, fall.stage),
      });
      for (const bite of fall.again) {
        rows.push({
          tree: `${under}${hasMore ? "│  " : "   "}`,
          name: "again",
          when: span(bite.from, bite.until),
          ...words(bite.edge, bite.stage),
        });
      }
      grow(fall.node, under);
    });
  };
  grow(root, "");
  return rows;
}

function waveRow(w: Wave, root: string, lastsMinutes: number): Row {
  const lastedMs = lastsMinutes * minuteMs;
  const { says, who } = words(w.edge, w.kind === "wave" ? w.stage : null);
  return {
    tree: "  ",
    name: nameOf(w.node, root),
    when: span(w.from - lastedMs, w.until - lastedMs),
    says: w.kind === "tail" ? `not well yet: ${says}` : `anew, from ${nameOf(w.because, root)}: ${says}`,
    who,
  };
}

function table(rows: readonly Row[]): string[] {
  const wide = Math.max(...rows.map((r) => r.tree.length + r.name.length), 0);
  const when = Math.max(...rows.map((r) => r.when.length), 0);
  return rows.map(({ tree, name, when: at, says, who }) => {
    const pad = " ".repeat(wide - tree.length - name.length);
    return `${style("dim", tree)}${style("bold", name)}${pad}  ${at.padEnd(when)}  ${says}  ${style("dim", who)}`;
  });
}

function words(edge: Edge | null, stage: Stage | null) {
  const reason = stage?.when ? `, when ${stage.when}` : "";
  const guess = stage?.assumed ? "; the minutes are assumed" : "";
  return { says: `${edge?.says ?? ""}${reason}`, who: `${edge?.grade}: ${edge?.source}${guess}` };
}

/** Without the region where it is the root's own. */
function nameOf(node: string, root: string): string {
  const [service, region] = split(node);
  return region === split(root)[1] ? service : node;
}

function span(fromMs: number, untilMs: number): string {
  const [a, b] = [Math.round(fromMs / minuteMs), Math.round(untilMs / minuteMs)];
  if (b === 0) return "at once";
  return a === b ? `${a} min` : `${a}–${b} min`;
}
