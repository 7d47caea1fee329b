/** infra · wiring. The anomaly layer over whatever rounds it is shown, each learnt from once. */
import { createWatch } from "../analyzer/anomaly.ts";
import { readings } from "../analyzer/features.ts";
import type { Anomaly, Round } from "../store/records.ts";

export function oddities(): (rounds: readonly Round[]) => Anomaly[] {
  const watch = createWatch();
  const known = {};
  let seen = new Set<string>();
  return (rounds) => {
    const name = (r: Round) => `${r.vantage} ${r.at}`;
    const fresh = rounds.filter((r) => !seen.has(name(r)));
    seen = new Set(rounds.map(name));
    return watch.see(readings(fresh, known));
  };
}
