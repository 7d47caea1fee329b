/** infra/replayed · command line. `holdfast replay oct-2025`: a recorded outage, minute by minute, through the real
 *  rules. */
import { existsSync, readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command } from "commander";
import { graphWith, parseRules } from "../../analyzer/mod.ts";
import { BadInput, nearest } from "../../store/mod.ts";
import { type Played, play, signed } from "./play.ts";
import { recordedShow } from "./recorded.ts";
import { isRecording, read } from "./recording.ts";
import { inWords, tell } from "./say.ts";
import { storyNames, storyText } from "./shelf.ts";
import { stageOf } from "./stage.ts";
import { readStory } from "./story.ts";

export function replayCommand(): Command {
  return new Command("replay")
    .description("a past outage, minute by minute, through probes, graph and rules on virtual time")
    .argument("<name>", "a story's name, all, or a file: a story of your own, or what holdfast record wrote")
    .option("--dependencies <file>", "your workload's own parts and what they need, as YAML or JSON")
    .option("--json", "JSON: an array of one object for each story")
    .addHelpText(
      "after",
      `
Stories: ${storyNames().join(", ")}
Times are in minutes after the first customer impact; null is never.
Exit codes: 0 all came as expected, 1 one did not, 2 wrong use.`,
    )
    .action(replay);
}

async function replay(name: string, flags: { json?: boolean; dependencies?: string }): Promise<void> {
  const edges = graphWith(flags.dependencies);
  const names = name === "all" ? storyNames() : [name];
  const all: { played: Played; expected: object | null }[] = [];
  for (const one of names) {
    const text = textOf(one);
    const told = isRecording(text) ? await recorded(text, one, edges) : await story(text, one, edges);
    all.push(told);
    if (flags.json) continue;
    if (name === "all")
      process.stdout.write(`${row(told.played, told.expected?.noticedInPublicAt ?? null)}\n`);
    else process.stdout.write(`${told.words.map(dress).join("\n")}\n`);
  }
  if (flags.json) {
    const records = all.map(({ played: p, expected }) => ({
      name: p.name,
      rootNamedAt: p.rootNamedAt,
      standbyScaledAt: p.standbyScaledAt,
      movedAt: p.movedAt,
      expected,
      passed: p.passed,
    }));
    process.stdout.write(`${JSON.stringify(records, null, 2)}\n`);
  }
  process.exitCode = all.every((a) => a.played.passed) ? 0 : 1;
}

type Edges = ReturnType<typeof graphWith>;

async function story(text: string, name: string, edges: Edges) {
  const it = readStory(text, name);
  const played = await play(name, stageOf(it, edges), it.expectations);
  const words = [...it.head, "", ...tell(played, it.home, it.noticed)];
  return { played, words, expected: { noticedInPublicAt: it.noticed, lines: it.expectations.map(inWords) } };
}

async function recorded(text: string, file: string, edges: Edges) {
  const recording = read(text, file);
  const show = recordedShow(recording, parseRules({ cadenceMs: recording.cadenceMs }), edges);
  const played = await play(file, show);
  return { played, words: tell(played, show.home, null), expected: null };
}

/** One of the shelf, or else a file. */
function textOf(name: string): string {
  const names = storyNames();
  if (names.includes(name)) return storyText(name);
  if (existsSync(name)) return readFileSync(name, "utf8");
  const meant = nearest(name, names);
  throw new BadInput(
    `Cannot find ${name}: expected all, a file, or one of ${names.join(", ")}${meant ? `; did you mean ${meant}?` : ""}`,
  );
}

/** One line of 80 columns. `noticed`: when the public record has it; a question mark where nobody knows. */
function row(p: Played, noticed: number | null): string {
  const when = (minute: number | null, or = "never") => (minute === null ? or : signed(minute)).padStart(5);
  const mark = p.passed ? "as expected" : "NOT AS EXPECTED";
  return `${p.name.padEnd(17)} root ${when(p.rootNamedAt)} standby ${when(p.standbyScaledAt)} moved ${when(p.movedAt)} noticed ${when(noticed, "?")} ${mark}`;
}

/** Sources dim, what was decided bold; only on a terminal. */
function dress(line: string): string {
  const style = (format: "bold" | "dim") => styleText(format, line, { stream: process.stdout });
  if (line.startsWith("#")) return style("dim");
  return / {2}(users|standby|root) /.test(line) ? style("bold") : line;
}
