/** infra/simulated · pure. Days of trouble from a seed: what breaks, where, when and for how long. Denser than any real
 *  year, and unkind: incidents overlap, and some end at the worst moment. */
import { type Chance, oneOf } from "../local/chance.ts";

export const kinds = [
  "loss", // the primary answers nobody
  "grey", // the primary loses a third of its requests
  "slow", // the primary answers too late
  "blip", // the primary is gone for a round or two
  "standby-loss",
  "service", // an AWS name has no address; users are fine
  "blind", // one vantage point's uplink is gone
  "silent", // one vantage point is not heard
  "lying", // one vantage point says that the primary's users get nothing
  "sluggish", // one vantage point is slow itself
  "lever-broken", // the write that moves users fails
  "no-capacity", // tasks asked for do not come
  "monitor-dead", // nobody ticks
  "two-monitors", // two tick at once
] as const;
export type Kind = (typeof kinds)[number];

/** In ticks from the start of the history; `until` is the first tick at which it is over. */
export type Incident = { kind: Kind; where: string; from: number; until: number };

const vantages = ["us-east-1", "us-west-2", "eu-west-1"];
const services = ["dynamodb", "s3", "sts", "lambda"];
/** Kinds in which a vantage point is not itself. At most one of them is so at a time, as promised for one only. */
const ofVantage: readonly Kind[] = ["blind", "silent", "lying", "sluggish"];

/** A plain loss of the primary is what it is all for, so it comes more often than its turn. */
const lossShare = 0.2;

export type HistoryOptions = {
  days: number;
  ticksPerDay: number;
  incidentsPerDay: number;
  /** Vantage points that may be wrong at the same time; the promises hold for one. */
  wrongVantagesMax: number;
};

export function history(draw: Chance, options: HistoryOptions): Incident[] {
  const { days, ticksPerDay, incidentsPerDay, wrongVantagesMax } = options;
  const incidents: Incident[] = [];
  for (let i = 0; i < days * incidentsPerDay; i++) {
    const kind = draw() < lossShare ? "loss" : (oneOf(draw, kinds) ?? "loss");
    const from = Math.floor(draw() * days * ticksPerDay);
    const until = from + lasts(kind, draw, ticksPerDay);
    const where = placeOf(kind, draw);
    const others = incidents.filter((o) => o.from < until && from < o.until);
    const wrongVantages = new Set(others.filter((o) => ofVantage.includes(o.kind)).map((o) => o.where));
    if (ofVantage.includes(kind) && wrongVantages.size >= wrongVantagesMax) continue;
    incidents.push({ kind, where, from, until });
  }
  return incidents.sort((a, b) => a.from - b.from);
}

/** Between a minute or so and six hours, short ones being commoner; a blip is one round or two. */
function lasts(kind: Kind, draw: Chance, ticksPerDay: number): number {
  if (kind === "blip") return draw() < 0.5 ? 1 : 2;
  return Math.max(2, Math.round((ticksPerDay / 4) * draw() ** 3));
}

function placeOf(kind: Kind, draw: Chance): string {
  if (kind === "service") return `${oneOf(draw, services)}@${oneOf(draw, ["us-east-1", "us-west-2"])}`;
  if (ofVantage.includes(kind)) return oneOf(draw, vantages) ?? "";
  return kind === "standby-loss" ? "us-west-2" : "us-east-1";
}
