/** analyzer · pure. One line of the dependency graph: who is hurt when whom fails, with what, when, and who says so. */
import type { Region } from "../../store/records.ts";

/** When an edge bites. Of 27 timed ones 16 bit within about three minutes and 11 after a quarter of an hour or more; a
 *  late one needs a mechanism, which `when` names, and the same edge may bite twice. */
export type Stage = {
  /** After what `after` says; both the same where a single event gave a single figure. */
  minutes: readonly [from: number, until: number];
  /** `recovery`: counted from when the cause is well again, as it is its return that hurts. `failure` when left out. */
  after?: "failure" | "recovery";
  /** What has to happen first: a full buffer, an expired cache. */
  when?: string;
  /** The source tells that it was hurt, and not when: the minutes are ours. */
  assumed?: true;
};

export type Edge = {
  /** Service that fails; in any region, or in the one that `in` names, or a global one. */
  from: string;
  in?: Region;
  /** Service that is hurt: in the cause's own region, in `elsewhere` (every other one), `everywhere`, or `global`,
   *  where it has no region. A global cause reaches `everywhere` unless it says `global`. */
  to: string;
  reach?: "elsewhere" | "everywhere" | "global";
  /** The regions in which the hurt service is; all when left out. */
  only?: readonly Region[];
  says: string;
  /** Control: nothing new can be made or changed. Data: what runs is hurt. */
  plane: "control" | "data" | "both";
  stages: readonly Stage[];
  /** How long the hurt outlasted its cause, in minutes, and how long that cause had lasted. */
  tail?: { minutes: number; of: number };
  /** Plausible: nobody has seen or written it. It advises, and never raises a risk that anything acts on. */
  grade: "observed" | "documented" | "plausible";
  source: string;
};

/** AWS's summary of an event. */
export const aws = (number: string) => `aws.amazon.com/message/${number}`;

type More = Partial<Pick<Edge, "in" | "reach" | "only" | "tail">>;
type Says = [to: string, plane: Edge["plane"], stages: readonly Stage[], says: string, more?: More];

/** The edges that leave one cause, all of one grade and source. */
export const from = (cause: string, grade: Edge["grade"], source: string, rows: readonly Says[]): Edge[] =>
  rows.map(([to, plane, stages, says, more]) => ({
    from: cause,
    to,
    says,
    plane,
    stages,
    grade,
    source,
    ...more,
  }));

export const at = (minute: number, when?: string): Stage => ({
  minutes: [minute, minute],
  ...(when ? { when } : {}),
});
export const within = (from: number, until: number, when?: string): Stage => ({
  minutes: [from, until],
  ...(when ? { when } : {}),
});
/** After the cause is well again. */
export const recovering = (minute: number, when: string): Stage => ({
  minutes: [minute, minute],
  after: "recovery",
  when,
});
/** Hurt, as the source says, at a time that it does not say. */
export const sometime = (from: number, until: number): Stage => ({ minutes: [from, until], assumed: true });
