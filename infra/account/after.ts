/** infra/account · wiring. What follows a tick of the analyzer: it beats where the witness listens, its numbers go into the
 *  log for CloudWatch, and people are told. None of it can undo the tick, or keep the next one waiting. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { tick } from "../../analyzer/tick.ts";
import { metrics, namespace } from "../../store/metrics.ts";
import { regionOf } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { callsTo, type Reach } from "./calls.ts";
import { bounded, type Deadline } from "./deadline.ts";
import { deskOf } from "./desk.ts";
import type { Environment } from "./environment.ts";
import { linesOf, metricsOf } from "./metrics/mod.ts";

export type AfterOptions = {
  told: Environment<"analyzer">;
  store: Store;
  reach: Reach;
  deadline: Deadline;
  now: () => number;
  /** One line of the function's log. */
  write: (line: string) => void;
  trouble: (what: string, error: unknown) => void;
};

type Ticked = Awaited<ReturnType<typeof tick>>;

const beatMs = 60_000; // the alarm looks at minutes

export function afterTick(options: AfterOptions): (ticked: Ticked, begunAt: number) => Promise<void> {
  const { told, store, reach, deadline, now, write, trouble } = options;
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_WORKLOAD: workload } = told;
  const witness = topology.regions.find((r) => r.role === "witness")?.region ?? regionOf(topology, "standby");
  const cloudwatch = bounded(new CloudWatchClient(callsTo(witness, reach)), deadline);
  const desk = deskOf(told, { store, reach, now, trouble });
  let beatenAt = 0;

  async function beat(): Promise<void> {
    if (now() - beatenAt < beatMs) return;
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: namespace,
        MetricData: [
          {
            MetricName: "Beat",
            Unit: metrics.Beat.unit,
            Dimensions: [{ Name: "Workload", Value: workload }],
            Value: 1,
          },
        ],
      }),
    );
    beatenAt = now();
  }

  async function tell({ assessment, undone, readiness }: Ticked, begunAt: number): Promise<void> {
    const standing = await store.standing();
    if (!standing) return;
    const unconfirmed = await store.unconfirmed();
    const [decision = null] = await store.decisions(1);
    const numbers = { unconfirmed: unconfirmed.length, undone: undone.length, tookMs: now() - begunAt };
    for (const line of linesOf(metricsOf({ workload, assessment, standing, ...numbers }))) write(line);
    const looked = { assessment, standing, decision, readiness, topology };
    await desk.see({ now: assessment.at, looked, undone, unconfirmed, beats: {} });
    await desk.settled();
  }

  return async (ticked, begunAt) => {
    if (ticked.outcome !== "remembered") return; // whoever was first tells it
    const [beaten, said] = await Promise.allSettled([beat(), tell(ticked, begunAt)]);
    if (beaten.status === "rejected") trouble("beat", beaten.reason);
    if (said.status === "rejected") trouble("tell people", said.reason);
  };
}
