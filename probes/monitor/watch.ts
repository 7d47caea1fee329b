/** probes · monitor. Round after round until it is stopped: asks, shows, and tells CloudWatch where that is wanted. */
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import type { Datum } from "../../store/metrics.ts";
import type { Round } from "../../store/records.ts";
import type { Remark } from "../baseline.ts";
import type { Edge } from "../edge.ts";
import { measure } from "../measure.ts";
import { round } from "../round.ts";
import { noticer } from "./notice.ts";
import { type Style, simple, table, wrap } from "./paint.ts";
import { type Past, rememberer } from "./past.ts";
import type { Flags, Plan } from "./plan.ts";
import { roomOf, screen, type Terminal } from "./screen.ts";
import { jsonLine, printable, summary } from "./words.ts";

/** The world around the command. */
export type Io = {
  out: Terminal;
  err: NodeJS.WritableStream;
  /** Calls back when the user wants the end; the returned function forgets it. */
  onInterrupt(stop: () => void): () => void;
  exit(code: number): void;
  edge(): Edge;
  /** Writes points to CloudWatch; gives why it could not, or null. */
  publish?: Publish;
};
export type Publish = (data: readonly Datum[], signal: AbortSignal) => Promise<string | null>;

const publishMsMax = 15_000; // shorter than the usual pause between rounds

/** Gives the exit code. */
export async function watch(
  plan: Plan,
  flags: Flags,
  edge: Edge,
  publish: Publish | null,
  io: Io,
): Promise<number> {
  const stop = new AbortController();
  const { signal } = stop;
  const live =
    io.out.isTTY && process.env.TERM !== "dumb" && !flags.once && !flags.json && !flags.simple
      ? screen(io.out)
      : null;
  const forget = io.onInterrupt(() => {
    live?.leave(); // at once: a second interrupt would end us where we stand
    stop.abort();
  });
  let piped = true;
  const broken = () => {
    piped = false; // whoever read us has gone, as `head` does: that ends the watch, quietly
    stop.abort();
  };
  io.out.on("error", broken);
  const vantage = { id: hostname(), region: "here" };
  const notice = noticer(plan.targets, plan.expected);
  const remember = rememberer();
  let last: Heard | null = null;
  let unpublished: string | null = null;
  const paint = () => {
    if (!live)
      return last && io.out.write(`${lines(plan, flags, last, unpublished, false, io).join("\n")}\n`);
    live.show(last ? lines(plan, flags, last, unpublished, true, io) : asking(plan, io));
  };
  if (live) {
    io.out.on("resize", paint);
    paint();
  }
  try {
    do {
      const began = edge.clock();
      const heard = await round({ ...plan, vantage, edge, signal });
      if (signal.aborted) break;
      last = { round: heard, remarks: [...plan.noticed, ...notice(heard)], past: remember(heard) };
      paint();
      if (publish) {
        const before: string | null = unpublished;
        unpublished = await publish(
          measure(heard),
          AbortSignal.any([signal, AbortSignal.timeout(publishMsMax)]),
        );
        if (signal.aborted) break;
        if (live) paint();
        else if (unpublished !== null && unpublished !== before) {
          io.err.write(`holdfast monitor: not published to CloudWatch: ${printable(unpublished)}\n`);
        }
      }
      if (flags.once) return unpublished === null ? codeOf(heard) : 1;
      await pause(Math.max(0, plan.everyMs - (edge.clock() - began)), undefined, { signal }).catch(
        () => undefined,
      );
    } while (!signal.aborted);
    live?.leave();
    if (!piped) return last ? codeOf(last.round) : 0;
    if (!last) return 130; // as shells count an interrupt before any result
    if (!flags.json) io.out.write(`\nStopped. ${summary(last.round.observations, last.round.vantage)}\n`);
    return unpublished === null ? 0 : 1;
  } finally {
    live?.leave();
    forget();
    io.out.off("error", broken);
    io.out.off("resize", paint);
  }
}

/** One round and what there is to say beside it. */
type Heard = { round: Round; remarks: Remark[]; past: Past };

const codeOf = ({ observations }: Round) => (observations.every((o) => o.verdict === "up") ? 0 : 1);

/** What is shown until the first round has ended. */
function asking({ targets, timeoutMs }: Plan, io: Io): string[] {
  const text = `Asking ${targets.length} for the first time; each may take ${timeoutMs / 1000} s. Ctrl-C ends it.`;
  return wrap(text, io.out.columns || 80);
}

/** `isLive`: on a screen that holds only so many. */
function lines(
  { targets }: Plan,
  flags: Flags,
  heard: Heard,
  unpublished: string | null,
  isLive: boolean,
  io: Io,
): string[] {
  const { round, remarks, past } = heard;
  if (flags.json) {
    const noticed = Map.groupBy(remarks, ({ target }) => target);
    return targets.flatMap((target, i) => {
      const one = round.observations[i];
      return one
        ? [jsonLine(target, one, noticed.get(target.id) ?? [], past.was.get(target.id) ?? null)]
        : [];
    });
  }
  if (flags.simple) return simple(targets, round, remarks, past);
  const style: Style = (format, text) => styleText(format, text, { stream: io.out }); // minds NO_COLOR and pipes
  const width = io.out.isTTY ? io.out.columns || 80 : Number.POSITIVE_INFINITY;
  const fault = unpublished === null || !io.out.isTTY ? [] : [`not published to CloudWatch: ${unpublished}`];
  return [
    ...table(targets, round, remarks, past, style, {
      width,
      rows: isLive ? roomOf(io.out) : Number.POSITIVE_INFINITY,
    }),
    ...fault.flatMap((text) => wrap(printable(text), width)).map((text) => style("red", text)),
  ];
}
