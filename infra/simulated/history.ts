/** infra/simulated · pure. Days of trouble from a seed: what breaks, where, when and for how long. Denser than any real
 *  year, and unkind: incidents overlap, and some end at the worst moment. */
import { type Chance, oneOf } from "../local/chance.ts";
import { type Incident, type Kind, kinds, primary } from "./kinds.ts";

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const longestMs = 6 * 60 * minute;

export type HistoryOptions = {
  days: number;
  incidentsPerDay: number;
  /** Vantage points that may be wrong at the same time; the promises hold for one. */
  wrongVantagesMax: number;
};

/** In order of their beginnings. */
export function history(
  draw: Chance,
  { days, incidentsPerDay, wrongVantagesMax }: HistoryOptions,
): Incident[] {
  const incidents: Incident[] = [];
  for (let i = 0; i < days * incidentsPerDay; i++) {
    const incident = one(draw, days);
    if (wrongVantages([...incidents, incident]) > wrongVantagesMax) continue;
    incidents.push(incident, ...followers(incident, draw));
  }
  return incidents.sort((a, b) => a.fromMs - b.fromMs);
}

function one(draw: Chance, days: number): Incident {
  const kind = kindOf(draw);
  const fromMs = Math.floor((draw() * days * day) / second) * second;
  const untilMs = fromMs + lastsMs(kind, draw);
  return { kind, where: kinds[kind].where(draw), fromMs, untilMs, amount: kinds[kind].amount?.(draw) ?? 0 };
}

const names = Object.keys(kinds) as Kind[];
const weights = names.reduce((sum, kind) => sum + kinds[kind].weight, 0);

function kindOf(draw: Chance): Kind {
  let left = draw() * weights;
  for (const kind of names) {
    left -= kinds[kind].weight;
    if (left < 0) return kind;
  }
  return "loss";
}

/** Between two minutes and six hours, short ones being commoner; a blip is a round or two of either cadence. */
function lastsMs(kind: Kind, draw: Chance): number {
  const { lasts } = kinds[kind];
  if (lasts === "blip") return oneOf(draw, [10 * second, 20 * second, minute, 2 * minute]) ?? minute;
  const longMs = lasts === "minutes" ? 40 * minute : longestMs;
  return Math.max(2 * minute, Math.round((longMs * draw() ** 3) / second) * second);
}

/** What was not over when it ended: a while after an AWS name has come back, the workload falls in a second wave. In
 *  2025 the first came back after 172 of 872 minutes. */
function followers(incident: Incident, draw: Chance): Incident[] {
  if (incident.kind !== "service" || !incident.where.endsWith(primary) || draw() < 0.5) return [];
  const fromMs = incident.untilMs + Math.round(draw() * 60) * minute;
  const untilMs = fromMs + lastsMs("loss", draw);
  return [{ kind: draw() < 0.5 ? "loss" : "hollow", where: primary, fromMs, untilMs, amount: 0 }];
}

/** The most vantage points that are ever not themselves at once. */
export function wrongVantages(incidents: readonly Incident[]): number {
  const wrong = incidents.filter((i) => kinds[i.kind].ofVantage);
  const at = (ms: number) =>
    new Set(wrong.filter((i) => i.fromMs <= ms && ms < i.untilMs).map((i) => i.where));
  return Math.max(0, ...wrong.map((i) => at(i.fromMs).size));
}
