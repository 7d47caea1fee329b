/** infra/simulated · pure but for the loop it lets live. Makes a broken promise's history small: what can be left out
 *  while the promise still breaks did not matter. */
import { type Incident, kinds } from "./kinds.ts";
import { type Life, type LifeOptions, live } from "./life.ts";

export type Story = { incidents: Incident[]; tick: number; what: string; lines: string[] };

/** What is left out may have hastened what broke, so that without it the same comes a little later. */
const slackTicks = 30;

/** The shortest story found that still breaks the promise. Each try lives through the history again, so there are at
 *  most so many. */
export async function shrink(
  options: LifeOptions,
  promise: number,
  tick: number,
  triesMax = 80,
): Promise<Story | null> {
  const breaks = async (incidents: readonly Incident[]): Promise<Life | null> => {
    const ticks = Math.min(options.ticks, tick + slackTicks);
    const life = await live({ ...options, incidents, ticks, untilBroken: promise, compare: false });
    return life.broken.some((b) => b.promise === promise) ? life : null;
  };
  let kept = options.incidents.filter((i) => i.fromMs <= tick * options.cadenceMs);
  let life = await breaks(kept);
  if (!life) return null;
  let tries = triesMax;
  for (
    let size = Math.ceil(kept.length / 2);
    size >= 1 && tries > 0;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < kept.length && tries > 0; tries--) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
      const still = await breaks(fewer);
      if (still) [kept, life] = [fewer, still];
      else from += size;
    }
  }
  const broken = life.broken.find((b) => b.promise === promise);
  return broken
    ? { incidents: kept, tick: broken.tick, what: broken.what, lines: tell(kept, life, options) }
    : null;
}

/** What happened, in order: incidents by their own clock, decisions by the loop's. */
function tell(incidents: readonly Incident[], life: Life, { cadenceMs }: LifeOptions): string[] {
  const start = Date.UTC(2026, 0, 1);
  const told = incidents.map((i) => ({
    at: i.fromMs,
    line: `${clock(i.fromMs)} to ${clock(i.untilMs)}  ${i.kind} ${i.where}${i.amount ? ` (${i.amount})` : ""}: ${kinds[i.kind].says}`,
  }));
  const decided = life.journal.map((d) => ({
    at: d.at - start,
    line: `${clock(d.at - start)}  ${d.from} -> ${d.to}: ${d.why}`,
  }));
  const end = life.broken.map((b) => ({
    at: (b.tick + 1) * cadenceMs,
    line: `${clock((b.tick + 1) * cadenceMs)}  promise ${b.promise} is broken: ${b.what}`,
  }));
  return [...told, ...decided, ...end].sort((a, b) => a.at - b.at).map((t) => t.line);
}

/** From the start of the history: `2d 03:04:05`. */
export function clock(ms: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const s = ms / 1000;
  return `${Math.floor(s / 86_400)}d ${two((s / 3600) % 24)}:${two((s / 60) % 60)}:${two(s % 60)}`;
}
