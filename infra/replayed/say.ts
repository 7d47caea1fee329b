/** infra/replayed · for people. A played story as lines; the same ones are recorded below `----` in its text. */
import { type Played, signed } from "./play.ts";
import type { Expectation } from "./story.ts";

export function tell(played: Played, home: string, noticed: number | null): string[] {
  return [
    ...played.lines.map((l) => `${signed(l.minute).padStart(5)}  ${l.what.padEnd(7)}  ${l.says}`),
    ...summary(played, home, noticed),
  ];
}

function summary(p: Played, home: string, noticed: number | null): string[] {
  const when = (minute: number | null) => (minute === null ? "never" : signed(minute));
  const node = (n: string) => n.replace(`@${home}`, "");
  const came = p.foretold.filter((f) => f.fellAt !== null);
  const fell = new Set(came.map((f) => f.node));
  const not = [...new Set(p.foretold.filter((f) => f.fellAt === null).map((f) => f.node))];
  const never = not.filter((n) => !fell.has(n)).map(node);
  const onceMore = not.filter((n) => fell.has(n)).map(node);
  return [
    `root named ${when(p.rootNamedAt)}, standby scaled ${when(p.standbyScaledAt)}, users moved ${when(p.movedAt)}; noticed in public ${noticed === null ? "at a minute that is not known" : signed(noticed)}`,
    `foretold, and came: ${came.map((f) => `${node(f.node)} ${signed(f.at)} -> ${signed(f.fellAt ?? 0)}`).join(", ") || "nothing"}`,
    `foretold, and did not come: ${never.join(", ") || "nothing"}${onceMore.length > 0 ? `; nor once more: ${onceMore.join(", ")}` : ""}`,
    `fell before the root was named: ${p.tooSoon.map(node).join(", ") || "nothing"}`,
    `came, and was not foretold: ${p.unforetold.map(node).join(", ") || "nothing"}`,
    ...p.met.map((m) => `${m.met ? "as expected" : "NOT AS EXPECTED"}: ${inWords(m.expectation)}`),
  ];
}

export function inWords(e: Expectation): string {
  switch (e.kind) {
    case "root":
      return `root ${e.node} by ${signed(e.by)}`;
    case "standby":
      return e.by === null ? "no standby" : `standby by ${signed(e.by)}`;
    case "moved":
      return e.by === null
        ? "no move"
        : `moved ${e.from > 0 ? `from ${signed(e.from)} ` : ""}by ${signed(e.by)}`;
    case "scope":
      return `scope ${e.scope} at ${signed(e.at)}`;
    case "second-wave":
      return `second-wave at ${signed(e.at)}`;
  }
}
