/** dashboard · command line. Whether the standby could take over right now, line by line; exit code 1 when it could not, or
 *  when that is not known. */
import type { Command } from "commander";
import { type Seen, stateOf } from "./call.ts";
import { clientCommand, columns, type Options, paint, plain, print, run } from "./command.ts";
import { moveTakes } from "./status.ts";

export function readinessCommand(): Command {
  return clientCommand(
    "readiness",
    "whether the standby could take over right now, and what is missing",
  ).action((options: Options) =>
    run(options, async (where) => {
      const seen = await stateOf(where);
      const { ready, lines } = judged(seen);
      if (options.json)
        print(JSON.stringify({ ready, at: seen.at, stale: seen.stale, lines, recovery: seen.recovery }));
      else for (const line of said(seen, ready, lines)) print(line);
      return ready;
    }),
  );
}

/** Old news is no readiness: what was ready a while ago may not be now. */
function judged({ readiness, stale }: Seen): NonNullable<Seen["readiness"]> {
  const lines = readiness?.lines ?? [];
  return { ready: readiness?.ready === true && !stale, lines };
}

function said(seen: Seen, ready: boolean, lines: NonNullable<Seen["readiness"]>["lines"]): string[] {
  const standby = seen.regions.find((r) => r.role === "standby")?.region ?? "the standby";
  const word = (met: boolean | null) => (met === null ? "unknown" : met ? "yes" : "no");
  const rows = columns(lines.map((l) => [word(l.met), plain(l.says), plain(l.value)]));
  const head = ready
    ? paint("bold", `${standby} is ready to take over.`)
    : paint("yellow", `${standby} is not ready to take over.`);
  return [
    head,
    ...(seen.at === null ? ["  Nothing has been heard yet."] : []),
    ...(seen.stale ? [`  The last look was at ${seen.at}; this is how it was then.`] : []),
    ...rows.map((row) => `  ${row}`),
    `  A move takes ${moveTakes(seen).replace(/^how long a move takes is not known/, "a time that is not known")}.`,
  ];
}
