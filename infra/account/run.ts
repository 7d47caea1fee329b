/** infra/account · rim. What every scheduled entry has in common: when it was due, how long it may go on, whose turn it is,
 *  and what it says of how it went. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { claim } from "../../store/dynamodb/claim.ts";
import type { Table } from "../../store/dynamodb.ts";
import { BadInput } from "../../store/records.ts";
import { beats, type Ended } from "./beats.ts";
import type { Deadline } from "./deadline.ts";

/** What a schedule hands to an entry, in EventBridge Scheduler's own words for the instant that the start was due. */
export const scheduledInput = JSON.stringify({ scheduledTime: "<aws.scheduler.scheduled-time>" });

const Scheduled = z.object({ scheduledTime: z.iso.datetime() });

/** What is used of a Lambda's context. */
export type Context = { awsRequestId: string; getRemainingTimeInMillis(): number };

export type Entry = {
  name: string;
  everyMs: number;
  /** Where the claims are kept, and under which name: one for all runs of this entry in this place. */
  claims: { table: Table; name: string };
  /** What one beat may take. */
  beatMs: number;
  /** Before the first beat of each run. */
  begin?: () => Promise<void>;
  work: (beat: { at: number; signal: AbortSignal }) => Promise<void>;
  deadline: Deadline;
  now: () => number;
  wait?: (ms: number) => Promise<void>;
};

const leaveMs = 1_000; // to say how it went, and to be gone before the function's time is up

/** Runs an entry from one schedule until the next run has taken over. Throws `BadInput` for an event that is no
 *  schedule's, and when not one beat could be done: then the queue for what was lost has the event and the reason. */
export async function run(entry: Entry, event: unknown, context: Context): Promise<Ended> {
  const { name, everyMs, claims, beatMs, deadline, now, wait = sleep } = entry;
  const due = dueAt(event);
  const until = now() + context.getRemainingTimeInMillis() - beatMs - leaveMs;
  const troubles = new Map<string, number>();
  const failed = (what: string, error: unknown) => {
    const line = `${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`;
    if (!troubles.has(line)) tell(name, "trouble", { what, error: String(error) }); // the same one is said once, and counted
    troubles.set(line, (troubles.get(line) ?? 0) + 1);
  };
  try {
    await deadline.within(beatMs, async () => entry.begin?.());
  } catch (error) {
    failed("begin", error); // what was before only helps; each beat stands for itself
  }
  const ended = await beats({
    everyMs,
    run: due,
    holder: context.awsRequestId,
    until,
    claim: (wanted) => deadline.within(beatMs, () => claim(claims.table, claims.name, wanted)),
    work: ({ at }) => deadline.within(beatMs, (signal) => entry.work({ at, signal })),
    failed,
    now,
    wait: (ms) => wait(ms).then(() => undefined),
  });
  tell(name, "ended", { due: new Date(due).toISOString(), ...ended, troubles: Object.fromEntries(troubles) });
  if (ended.done === 0 && ended.failed > 0) {
    const reasons = [...troubles].map(([line, times]) => `${line} (${times}×)`).join("; ");
    throw new Error(
      `The ${name} due at ${new Date(due).toISOString()} did none of its ${ended.failed} beats: ${reasons}`,
    );
  }
  return ended;
}

/** Epoch ms; the same however often the same minute is delivered. */
function dueAt(event: unknown): number {
  const read = Scheduled.safeParse(event);
  if (read.success) return Date.parse(read.data.scheduledTime);
  const came = (JSON.stringify(event) ?? "nothing").slice(0, 120);
  throw new BadInput(
    `Cannot run: expected a schedule's event such as {"scheduledTime":"2026-01-01T00:00:00Z"}; got ${came}`,
  );
}

/** One line as it is, past the console, which would wrap it: CloudWatch takes metrics from lines that are nothing else. */
export const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** One line of JSON in the log. */
export function tell(entry: string, event: string, facts: Record<string, unknown>): void {
  console.log(JSON.stringify({ entry, event, ...facts }));
}
