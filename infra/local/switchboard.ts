/** infra/local · effects. Route 53 at work: keeps the state of ../route53.ts, feeds it results and metric points with
 *  the time, and tells when what must be remembered has changed. */
import * as route53 from "../route53.ts";
import { checkerNames } from "./checkers.ts";
import type { Timings } from "./timings.ts";

/** The metrics that are known here: the lever's, and its shadow's, which moves nobody. */
export const metricNames = ["Drain", "Shadow"] as const;
export type MetricName = (typeof metricNames)[number];

/** Stands in for CloudWatch: keeps a point; tells an alarm's state. */
export type Metrics = {
  put(name: MetricName, value: number): Promise<void>;
  alarm(name: MetricName): Promise<string>;
};

export type Switchboard = {
  /** Epoch ms that never go back, whatever is done to the machine's clock. */
  now(): number;
  heard(region: string, checker: string, passed: boolean): void;
  metrics: Metrics;
  /** The region the workload's name leads to right now. */
  leadsTo(): string;
  remembered(): route53.Remembered;
};

export function switchboard(options: {
  primary: string;
  standby: string;
  timings: Timings;
  remembered: route53.Remembered | undefined;
  running: (region: string) => number;
  /** Keeps what is remembered; a metric point is accepted only once that is done. */
  save: () => Promise<void>;
  trouble: (error: Error) => void;
}): Switchboard {
  const { primary, standby, timings: t, running, save, trouble } = options;
  const plan = route53.failoverPlan({
    primary,
    standby,
    checkers: checkerNames(t.checkers),
    intervalMs: t.checkIntervalMs,
    failureThreshold: t.failureThreshold,
    alarmPeriodMs: t.alarmPeriodMs,
    shadow: true,
    facts: { connectMsMax: t.checkConnectMs, answerMsMax: t.checkAnswerMs },
  });
  const { drain, shadow } = route53.checkIds(primary);
  const checkOf = (name: MetricName) => (name === "Drain" ? drain : shadow);
  let state = route53.begin(plan, options.remembered);
  let known = JSON.stringify(route53.remember(state));
  const now = () => Math.floor(performance.timeOrigin + performance.now());

  let saving: Promise<void> = Promise.resolve();

  /** Settles once what is remembered is on disk; a write that fails is tried again with the next news. */
  const become = (next: route53.State): Promise<void> => {
    state = next;
    const knows = JSON.stringify(route53.remember(state));
    if (knows === known) return saving;
    known = knows;
    saving = save().catch((error: unknown) => {
      known = "";
      throw error;
    });
    return saving;
  };
  const becomeMeanwhile = (next: route53.State) => void become(next).catch(trouble);
  return {
    now,
    heard: (region, checker, passed) =>
      becomeMeanwhile(route53.hear(plan, state, route53.checkIds(region).endpoint, checker, passed)),
    metrics: {
      put: (name, value) =>
        become(route53.publish(route53.judge(plan, state, now()), checkOf(name), now(), value)),
      async alarm(name) {
        await become(route53.judge(plan, state, now())); // a drain that was told of must not be forgotten
        const status = state.streams[checkOf(name)]?.status ?? "insufficient-data";
        return { ok: "OK", alarm: "ALARM", "insufficient-data": "INSUFFICIENT_DATA" }[status];
      },
    },
    leadsTo() {
      becomeMeanwhile(route53.judge(plan, state, now()));
      const targets = [primary, standby].map((region) => {
        const healthy = running(region);
        return [region, { registered: healthy, healthy }] as const;
      });
      return route53.answer(plan, state, Object.fromEntries(targets)).region;
    },
    remembered: () => route53.remember(state),
  };
}
