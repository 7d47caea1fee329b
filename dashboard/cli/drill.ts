/** dashboard · command line. The report of a move, a drill's or a real one's: each step with its time, and what it took
 *  against what was estimated. Exit code 1 when users were not seen to be served. */
import type { Command } from "commander";
import * as z from "zod";
import { BadInput, parse } from "../../store/records.ts";
import type { DrillsAnswer } from "../answers.ts";
import { call, SaysNo } from "./call.ts";
import { clientCommand, columns, type Options, plain, print, run } from "./command.ts";
import { reads } from "./reads.ts";

const Drill = z.looseObject({
  id: z.string(),
  kind: z.enum(["away", "home"]),
  region: z.string(),
  manner: z.string().nullable(),
  by: z.string(),
  pulledAt: z.string(),
  outcome: z.enum(["served", "under-way", "given-up"]),
  markdown: z.string(),
});
const Drills = reads<typeof DrillsAnswer>()(z.looseObject({ drills: z.array(Drill) }));

export function drillCommand(): Command {
  return clientCommand("drill", "the report of a move: its steps, and its time against the estimate")
    .argument("[id]", "the record of the pulled lever, as --list gives it; the newest when left out")
    .option("--list", "list the moves there have been, newest first")
    .option("--markdown", "print Markdown, as it does without --json")
    .action((id: string | undefined, options: Options & { list?: boolean }) =>
      run(options, async (where) => {
        const { drills: all } = parse("answer", Drills, await call(where, "GET", "/api/drills"));
        if (options.list) {
          if (options.json) print(JSON.stringify(all));
          else for (const line of listed(all)) print(line);
          return true;
        }
        const found = id === undefined ? all[0] : all.find((d) => d.id === id);
        if (!found && id === undefined)
          throw new SaysNo(
            "Nobody has been moved yet: make a drill with holdfast failover --drill --from R --to R --reason TEXT",
          );
        if (!found)
          throw new BadInput(
            `Cannot find the move ${id}: expected ${all.map((d) => d.id).join(", ") || "none, as nobody has been moved yet"}`,
          );
        if (options.json) print(JSON.stringify(found));
        else process.stdout.write(found.markdown);
        return found.outcome !== "given-up";
      }),
    );
}

const listed = (all: readonly z.infer<typeof Drill>[]): string[] =>
  all.length === 0
    ? ["Nobody has been moved yet."]
    : columns([
        ["RECORD", "PULLED", "MOVE", "MANNER", "BY", "OUTCOME"],
        ...all.map((d) => [
          plain(d.id),
          d.pulledAt,
          d.kind === "away" ? `out of ${d.region}` : `home to ${d.region}`,
          d.manner ?? "-",
          plain(d.by),
          d.outcome,
        ]),
      ]);
