/** infra/account/metrics · pure. What one tick of the analyzer has to tell CloudWatch. Only what it knows: a region whose
 *  score is unknown gets no point, and never a 0. */
import { type Datum, datum } from "../../../store/metrics.ts";
import { type Assessment, Phase, type Standing } from "../../../store/records.ts";

export type Told = {
  workload: string;
  assessment: Assessment;
  standing: Standing;
  unconfirmed: number;
  undone: number;
  /** From the tick's beginning to its end. */
  tookMs: number;
};

export function metricsOf({ workload, assessment, standing, unconfirmed, undone, tookMs }: Told): Datum[] {
  const { at, regions, anomalies, cascade, users, blind } = assessment;
  const here = { Workload: workload };
  const percent = (share: number) => share * 100;
  const perRegion = regions.flatMap(({ region, score, coverage }): Datum[] => {
    const there = { Workload: workload, Region: region };
    const odd = anomalies.filter((a) => a.node.endsWith(`@${region}`)).map((a) => a.score);
    const risk = cascade.risk[region];
    return [
      ...(score === null ? [] : [datum("RegionHealthScore", there, at, percent(score))]),
      datum("RegionCoverage", there, at, percent(coverage)),
      ...(odd.length === 0 ? [] : [datum("AnomalyScore", there, at, percent(Math.max(...odd)))]),
      ...(risk === undefined ? [] : [datum("CascadeRiskScore", there, at, percent(risk))]),
    ];
  });
  const perVoice = users
    .filter((voice) => voice.requests > 0)
    .map((v) =>
      datum(
        "UserFailureRate",
        { Workload: workload, Region: v.region },
        v.at,
        percent(v.failed / v.requests),
      ),
    );
  return [
    ...perRegion,
    ...perVoice,
    datum("Phase", here, at, Phase.options.indexOf(standing.phase)),
    datum("Drained", here, at, standing.drained === null ? 0 : 1),
    datum("BlindVantages", here, at, blind.length),
    datum("UnconfirmedOrders", here, at, unconfirmed),
    datum("UndoneActs", here, at, undone),
    datum("TickTime", here, at, tookMs),
  ];
}
