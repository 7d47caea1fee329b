/** dashboard · command line. Asks for a move by hand and follows it: failover, failback, hold, release, approve. */
import { userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { BadInput, Overrule, type Phase, type Request } from "../../store/records.ts";
import { wrongEnd } from "../ask.ts";
import { score, span } from "../figures.ts";
import { askFor, type Seen, stateOf, type Where } from "./call.ts";
import { clientCommand, type Options, paint, plain, print, run } from "./command.ts";
import { rules } from "./status.ts";

type Asking = Options & {
  reason: string;
  by: string;
  from?: string;
  to?: string;
  dryRun?: boolean;
  drill?: boolean;
  graceful?: boolean;
  ungraceful?: boolean;
  overrule?: Overrule[];
  wait: number | false;
};

const lookEveryMs = 500; // half the local pace: every phase is seen to pass
const waitS = 600; // the default patience of a request; longer than that Holdfast itself has given up

export const failoverCommand = (): Command =>
  follow(overruling(asking("failover", "move all users from the primary to the standby")), "failover", "away")
    .requiredOption("--from <region>", "the region to leave")
    .requiredOption("--to <region>", "the region to go to")
    .addOption(
      new Option("--graceful", "only while both regions are well and the data has caught up").conflicts(
        "ungraceful",
      ),
    )
    .option("--ungraceful", "as soon as the standby can take users")
    .addOption(
      new Option(
        "--drill",
        "to practise: only while all is well and the standby is ready; recorded as a drill",
      ).conflicts(["graceful", "ungraceful", "overrule"]),
    );

export const failbackCommand = (): Command =>
  follow(overruling(asking("failback", "bring users home from the standby")), "failback", "home");

export const holdCommand = (): Command => simple("hold", "stop every move until released");
export const releaseCommand = (): Command => simple("release", "go on from where it was held");
export const approveCommand = (): Command =>
  overruling(simple("approve", "let the move that waits for a person go on"));

/** What a person may set aside, by name, so that the record can say that they did. */
const overruling = (command: Command): Command =>
  command.addOption(
    new Option("--overrule <rule...>", "set a rule aside, which is recorded").choices(Overrule.options),
  );

export function asking(name: string, says: string): Command {
  return clientCommand(name, says)
    .requiredOption("--reason <text>", "why, for whoever reads the record later")
    .option("--by <name>", "who asks", nameOfUser());
}

function simple(kind: Request["kind"], says: string): Command {
  return asking(kind, says).action((options: Asking) =>
    run(options, async (where) => {
      const id = await ask(where, kind, options);
      print(
        options.json ? JSON.stringify({ id }) : `Asked: ${kind}. Holdfast takes it up in its next round.`,
      );
      return true;
    }),
  );
}

function follow(command: Command, kind: "failover" | "failback", goal: Phase): Command {
  return command
    .option("--dry-run", "say what would happen and ask for nothing")
    .option("--wait <seconds>", `how long to wait until users are ${goal}`, seconds, waitS)
    .option("--no-wait", "ask and return at once")
    .action((options: Asking) =>
      run(options, async (where) => {
        if (options.dryRun) return dryRun(where, kind, options);
        const id = await ask(where, kind, options);
        if (options.wait === false) {
          print(
            options.json ? JSON.stringify({ id }) : `Asked: ${kind}. Holdfast takes it up in its next round.`,
          );
          return true;
        }
        return arrive(where, kind, goal, id, options.wait * 1000, options);
      }),
    );
}

function ask(where: Where, kind: Request["kind"], asked: Asking): Promise<string> {
  const { reason, by, from, to, drill, graceful, ungraceful, overrule } = asked;
  const manner = graceful ? "graceful" : ungraceful ? "ungraceful" : undefined;
  return askFor(where, { kind: drill ? "drill" : kind, reason, by, from, to, manner, overrule });
}

/** Follows a request until users are where they should be, or Holdfast has given it up, or the time is over. */
async function arrive(
  where: Where,
  kind: string,
  goal: Phase,
  id: string,
  waitMs: number,
  { json, by }: Asking,
): Promise<boolean> {
  const end = Date.now() + waitMs;
  let said = "";
  let seen = await stateOf(where);
  const handed = () => seen.requests.some((r) => r.id === id);
  const carried = () => seen.standing?.request?.id === id;
  const goes: readonly Phase[] = kind === "failover" ? ["preparing", "shifting", "verifying"] : ["returning"];
  const done = (reached: boolean, why: string) => {
    if (json) print(JSON.stringify({ id, reached, phase: seen.phase, activeRegion: seen.activeRegion, why }));
    else print(reached ? paint("bold", why) : paint("yellow", why));
    return reached;
  };
  for (;;) {
    const line = `${seen.phase}: ${plain(handed() ? "waiting for the next round" : (seen.why ?? ""))}`;
    if (!json && line !== said) print(`  ${line}`);
    said = line;
    if (!handed()) {
      if (seen.phase === goal)
        return done(true, `Users are ${goal === "home" ? "home" : "away"}, in ${seen.activeRegion}.`);
      if (!carried() && !goes.includes(seen.phase)) {
        const word = seen.decisions.find((d) => d.by === by || d.from !== d.to);
        return done(false, `Not moved: ${plain(word?.why ?? seen.why ?? "no reason given")}`);
      }
    }
    const leftMs = end - Date.now();
    if (leftMs <= 0)
      return done(
        false,
        `Still ${seen.phase} after ${waitMs / 1000} s; the request goes on without this command.`,
      );
    await pause(Math.min(lookEveryMs, leftMs));
    seen = await stateOf(where);
  }
}

/** What the table of phases and the figures of now say about a move; asks for nothing. */
async function dryRun(where: Where, kind: "failover" | "failback", asked: Asking): Promise<boolean> {
  const { json, drill } = asked;
  const seen = await stateOf(where);
  const role = kind === "failover" ? "standby" : "primary";
  const destination = seen.regions.find((r) => r.role === role);
  const source = seen.regions.find((r) => r.role === (kind === "failover" ? "primary" : "standby"));
  refuseEnds(kind, asked, seen.regions);
  const against = objections(seen, drill ? "drill" : kind, destination);
  const missing =
    kind === "failover" ? (seen.readiness?.lines ?? []).filter((l) => l.met !== true && l.id !== "fit") : [];
  if (json) {
    const { recovery, readiness, for: met, against: rules } = seen;
    const stands = { for: met, against: rules };
    print(
      JSON.stringify({
        kind,
        allowed: against.length === 0,
        against,
        destination,
        recovery,
        readiness,
        rules: stands,
      }),
    );
    return against.length === 0;
  }
  print(`${kind} from ${source?.region} to ${destination?.region}, asked for now while ${seen.phase}:`);
  print(
    `  ${destination?.region} scores ${score(destination?.score ?? null)}; it needs ${score(seen.rules.healthThreshold)} or more`,
  );
  const tasks = destination?.capacity;
  print(
    `  ${tasks ? `${tasks.running} of ${tasks.desired} tasks run there` : "how many tasks run there is unknown"}`,
  );
  for (const { says, value } of missing) print(`  ${paint("yellow", plain(`not so: ${says} (${value})`))}`);
  for (const line of against) print(`  ${paint("yellow", line)}`);
  print(`  ${plain(askedTakes(seen))}`);
  print(against.length === 0 ? "It would be carried out." : "It would not move anybody now.");
  if (kind === "failover") {
    print("");
    print("Whether Holdfast would move users by itself, which nobody need wait for who asks:");
    for (const line of rules(seen)) print(line);
  }
  return against.length === 0;
}

function askedTakes({ recovery: { asked } }: Seen): string {
  if (asked.totalMs === null) return "how long it would take is not known";
  return `it would take about ${span(asked.totalMs)} at most: ${asked.parts.map((p) => `${p.part} ${p.ms === 0 ? "0 s" : span(p.ms ?? 0)}`).join(", ")}`;
}

/** As the request itself would be refused. Throws `BadInput`. */
function refuseEnds(kind: "failover" | "failback", asked: Asking, regions: Seen["regions"]): void {
  const of = (role: string) => regions.find((r) => r.role === role)?.region ?? "";
  const out = kind === "failover";
  const ends = { from: of(out ? "primary" : "standby"), to: of(out ? "standby" : "primary") };
  for (const end of ["from", "to"] as const) {
    const got = asked[end];
    if (got !== undefined && got !== ends[end]) throw new BadInput(wrongEnd(kind, end, got, ends));
  }
}

function objections(
  seen: Seen,
  kind: "failover" | "failback" | "drill",
  destination: Seen["regions"][number] | undefined,
): string[] {
  const found: string[] = [];
  const no = seen.may[kind];
  if (no) found.push(no);
  if (destination?.score == null) found.push(`the health of ${destination?.region} is unknown`);
  else if (destination.score < seen.rules.healthThreshold)
    found.push(`${destination.region} is not fit for users`);
  return found;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("expected a number of seconds.");
  return value;
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "somebody at a terminal"; // no entry for this user id, as in some containers
  }
}
