/** dashboard · command line. Opens and ends maintenance: a time in which nobody is moved and everything is measured. */
import { type Command, InvalidArgumentError } from "commander";
import { askFor } from "./call.ts";
import { type Options, print, run } from "./command.ts";
import { asking } from "./move.ts";

type Asking = Options & { reason: string; by: string };

export const maintainCommand = (): Command =>
  asking("maintain", "keep users where they are while people work; probes go on")
    .option("--for <minutes>", "how long", minutes, 60)
    .option("--from <time>", "when it begins, such as 2026-11-25T20:00:00Z; now when left out")
    .option("--until <time>", "when it ends, instead of --for")
    .option("--region <region>", "which region is worked on; both when left out")
    .action(
      (options: Asking & { for: number; from?: string; until?: string; region?: string }, command: Command) =>
        run(options, async (where) => {
          const forMinutes =
            command.getOptionValueSource("for") === "default" && options.until ? undefined : options.for;
          const { reason, by, from: starts, until: ends, region } = options;
          const asked = { reason, by, starts, ends, minutes: forMinutes, region };
          const id = await askFor(where, { kind: "maintain", ...asked });
          if (options.json) print(JSON.stringify({ id }));
          else
            print(
              `Asked: maintenance ${id}. Nobody is moved from its next round on until it ends; end it with holdfast end-maintenance.`,
            );
          return true;
        }),
    );

export const endMaintenanceCommand = (): Command =>
  asking("end-maintenance", "end maintenance early: users may be moved again")
    .option("--window <id>", "the window to end; every open one when left out")
    .action((options: Asking & { window?: string }) =>
      run(options, async (where) => {
        const { reason, by, window } = options;
        const id = await askFor(where, { kind: "end-maintenance", reason, by, window });
        print(
          options.json
            ? JSON.stringify({ id })
            : "Asked: end-maintenance. Holdfast takes it up in its next round.",
        );
        return true;
      }),
    );

function minutes(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("expected a whole number of minutes.");
  return Number(text);
}
