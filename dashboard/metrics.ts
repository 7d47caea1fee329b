/** dashboard. How things stand, for Prometheus (text exposition format 0.0.4). Base units and names as its guide asks:
 *  seconds, ratios from 0 to 1. What is not known has no sample: a gap, and never a zero. */
import { Gauge, Registry } from "prom-client";
import { Phase } from "../store/records.ts";
import type { View } from "./view.ts";

export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

export async function metricsText(view: View): Promise<string> {
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) => {
    let made: Gauge<L> | null = null; // once there is a value: one without labels begins with a 0 nobody measured
    return (value: number | null | undefined, labels = {} as Record<L, string>) => {
      if (value == null) return;
      made ??= new Gauge({ name: `holdfast_${name}`, help, labelNames, registers: [registry] });
      made.set(labels, value);
    };
  };
  const { report, standing, users, primary, standby, now, requests, unconfirmed } = view;
  const assessment = report?.assessment;
  const seconds = (ms: number | null | undefined) => (ms == null ? null : ms / 1000);

  const age = gauge("report_age_seconds", "Since the newest assessment.");
  age(assessment && Math.max(0, seconds(now - assessment.at) ?? 0));

  const phase = gauge("phase", "1 for the phase the failover is in, 0 for the others.", "phase");
  for (const name of Phase.options) phase(standing && Number(standing.phase === name), { phase: name });
  const drained = gauge("drained", "1 while the lever turns users away from the region.", "region");
  for (const region of [primary, standby])
    drained(standing && Number(standing.drained === region), { region });

  const score = gauge(
    "region_score",
    "Health of a region, 0 to 1; none while it is unknown.",
    "region",
    "role",
  );
  const coverage = gauge(
    "region_coverage_ratio",
    "Share of the questions that got a verdict.",
    "region",
    "role",
  );
  const p95 = gauge("region_p95_seconds", "95th percentile of the workload's answers.", "region", "role");
  const running = gauge("region_tasks_running", "Tasks that run.", "region", "role");
  const lag = gauge(
    "region_data_lag_seconds",
    "How far the region's copy of the data is behind.",
    "region",
    "role",
  );
  for (const health of assessment?.regions ?? []) {
    const labels = { region: health.region, role: health.role };
    score(health.score, labels);
    coverage(health.coverage, labels);
    p95(seconds(health.p95Ms), labels);
    running(health.capacity?.running, labels);
    lag(seconds(health.lagMs), labels);
  }

  const up = gauge(
    "service_up",
    "1 when a service answers, 0 when not; none while that is unknown.",
    "service",
    "region",
  );
  for (const { service, region, verdict } of assessment?.services ?? [])
    if (verdict !== "unknown") up(Number(verdict === "up"), { service, region });

  const risk = gauge("cascade_risk_ratio", "What has fallen there, or is about to, 0 to 1.", "region");
  for (const [region, value] of Object.entries(assessment?.cascade.risk ?? {})) risk(value, { region });
  const odd = gauge("anomaly_score", "How odd a series behaves, 0 to 1.", "node", "vantage", "series");
  for (const { node, vantage, series, score } of assessment?.anomalies ?? [])
    odd(score, { node, vantage, series });
  const blind = gauge("blind_vantages", "Vantage points that see nothing.");
  blind(assessment?.blind.length);

  const rate = gauge(
    "users_requests_per_second",
    "What users ask, by the region that serves them.",
    "region",
  );
  const failed = gauge("users_failed_ratio", "Share of it that fails.", "region");
  for (const region of [primary, standby]) {
    const here = users?.byRegion[region];
    rate(here?.requestsPerSecond, { region });
    failed(here?.failedShare, { region });
  }
  const waiting = gauge("requests_waiting", "What people have asked for and no tick has taken up.");
  waiting(requests.length);
  const open = gauge("orders_unconfirmed", "Orders not yet seen to be true.");
  open(unconfirmed.length);
  return registry.metrics();
}
