/** infra/replayed · border. A user's own incident in one file: a line that says what it is, then a line for each round and
 *  each voice, as the store kept them. What was asked is read off the rounds themselves. */
import * as z from "zod";
import { BadInput, parse, Region, Round, type Store, type Target, Topology, Voice } from "../../store/mod.ts";

const Head = z.strictObject({
  holdfast: z.literal("recording"),
  version: z.literal(1),
  from: z.number().int().nonnegative(),
  until: z.number().nonnegative(), // the last round's end, and how long it took is told finer than in ms
  cadenceMs: z.number().int().positive(),
  regions: z
    .array(z.strictObject({ region: Region, role: z.enum(["primary", "standby", "witness"]) }))
    .min(2),
  /** What was decided then, to lay beside what the rules say now. */
  decided: z.array(z.strictObject({ at: z.number(), to: z.string(), why: z.string() })),
});
const Line = z.union([z.strictObject({ round: Round }), z.strictObject({ voice: Voice })]);

export type Recording = z.infer<typeof Head> & { rounds: Round[]; voices: Voice[] };

/** What a store holds of rounds and voices at or after `since`, epoch ms. Throws `BadInput` when that is too little to
 *  tell. */
export async function recordFrom(store: Store, since = 0): Promise<Recording> {
  const rounds = await store.rounds(since);
  const report = await store.lastReport();
  const [first, last] = [rounds[0], rounds.at(-1)];
  if (!first || !last || !report)
    throw new BadInput("Cannot record: expected rounds and a report in the store; there are none yet");
  const decisions = await store.decisions(10_000);
  return {
    holdfast: "recording",
    version: 1,
    from: first.at,
    until: last.at + last.tookMs,
    cadenceMs: cadenceOf(rounds),
    regions: report.assessment.regions.map(({ region, role }) => ({ region, role })),
    decided: decisions
      .filter((d) => d.at >= first.at)
      .map(({ at, to, why }) => ({ at, to, why }))
      .reverse(),
    rounds,
    voices: await store.voices(first.at),
  };
}

export function write({ rounds, voices, ...head }: Recording): string {
  const lines = [head, ...rounds.map((round) => ({ round })), ...voices.map((voice) => ({ voice }))];
  return `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
}

/** Throws `BadInput` that names the file and the line. */
export function read(text: string, file: string): Recording {
  const [head = "", ...lines] = text.split("\n");
  const recording: Recording = {
    ...parse(`${file}:1`, Head, json(head, `${file}:1`)),
    rounds: [],
    voices: [],
  };
  lines.forEach((line, i) => {
    if (line.trim() === "") return;
    const where = `${file}:${i + 2}`;
    const input = json(line, where);
    const kept = parse(where, Line, input);
    if ("round" in kept) recording.rounds.push(kept.round);
    else recording.voices.push(kept.voice);
  });
  if (recording.rounds.length === 0)
    throw new BadInput(`${file}: expected at least one round; there is none`);
  return recording;
}

export const isRecording = (text: string) => text.startsWith('{"holdfast":"recording"');

function json(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new BadInput(`${where}: expected a line of JSON; ${(error as Error).message}`);
  }
}

/** The usual pause between one vantage point's rounds. */
function cadenceOf(rounds: readonly Round[]): number {
  const last = new Map<string, number>();
  const gaps = rounds.flatMap(({ vantage, at }) => {
    const before = last.get(vantage);
    last.set(vantage, at);
    return before === undefined ? [] : [at - before];
  });
  gaps.sort((a, b) => a - b);
  return Math.max(1_000, Math.round((gaps[gaps.length >> 1] ?? 60_000) / 1_000) * 1_000);
}

/** Who was asked, from where, as far as the rounds tell. Addresses were not kept, and are not needed to judge. The
 *  tasks that carry all users are taken to be the most that were seen to run. */
export function topologyOf({ rounds, regions }: Recording): Topology {
  const targets = new Map<string, Target>();
  const vantages = new Map<string, string>();
  const most = new Map<string, number>();
  for (const { vantage, vantageRegion, observations } of rounds) {
    vantages.set(vantage, vantageRegion);
    for (const { target: id, kind, purpose, service, region, facts } of observations) {
      if (purpose === "capacity" && typeof facts.desired === "number")
        most.set(region, Math.max(1, facts.desired, most.get(region) ?? 1));
      if (!targets.has(id)) targets.set(id, { ...placeholder(kind), id, purpose, service, region } as Target);
    }
  }
  const url = "http://recorded.example/";
  return parse("the recording's topology", Topology, {
    workload: { name: "recorded.example", url },
    regions: regions.map(({ region, role }) => ({
      region,
      role,
      capacity: most.has(region) ? { normal: 1, full: most.get(region) } : null,
    })),
    vantages: [...vantages].map(([id, region]) => ({ id, region })),
    targets: [...targets.values()],
  });
}

function placeholder(kind: Target["kind"]) {
  if (kind === "dns") return { kind, name: "recorded.example", type: "A" as const };
  if (kind === "tcp" || kind === "tls") return { kind, host: "recorded.example", port: 443 };
  return { kind, url: "http://recorded.example/" };
}
