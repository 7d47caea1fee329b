/** tests · the functions of an applied trio, as the program told them: the environment that each was given, the leave that
 *  its role has, and their entries on a clock of ours, with AWS reached through the telephone exchange. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { analyzerEntry } from "../../../infra/account/analyzer.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { handsOf } from "../../../infra/account/hands.ts";
import { proberEntry } from "../../../infra/account/prober.ts";
import type { Entry } from "../../../infra/account/run.ts";
import { type Granted, isAllowed, needsOf } from "../account/needs.ts";
import type { Recorder } from "../account/recorder.ts";
import { anybody, cadenceMs, clockwork, minute } from "../account/rig.ts";
import type { Resource, Run } from "../aws/engine.ts";

type Asset = { path?: string };
type FunctionInputs = {
  environment: { variables: Record<string, string> };
  code: { assets: Record<string, Asset> };
};

export const find = ({ resources }: Run, name: string): Resource => {
  const found = resources.find((r) => r.name === name);
  if (!found) throw new Error(`expected ${name}; got ${resources.map((r) => r.name)}`);
  return found;
};

const program = join(import.meta.dirname, "../../../infra");

/** What a function was given: its environment, and its code's files where LAMBDA_TASK_ROOT says. */
export function given(run: Run, what: "prober" | "analyzer") {
  const inputs = find(run, `shop-${what}-runs-function`).inputs as unknown as FunctionInputs;
  const place = mkdtempSync(join(tmpdir(), `holdfast-${what}-`));
  for (const [file, { path = "" }] of Object.entries(inputs.code.assets))
    copyFileSync(resolve(program, path), join(place, file));
  const { Statement } = JSON.parse(String(find(run, `shop-${what}-runs-policy`).inputs.policy));
  return {
    environment: inputs.environment.variables,
    place,
    may: Statement as Granted[],
    remove: () => rmSync(place, { recursive: true }),
  };
}

/** Reads an environment where its function stands: files it names are beside its code. */
export function toldTo<T>(place: string, read: () => T): T {
  const before = process.env.LAMBDA_TASK_ROOT;
  process.env.LAMBDA_TASK_ROOT = place;
  try {
    return read();
  } finally {
    if (before === undefined) delete process.env.LAMBDA_TASK_ROOT;
    else process.env.LAMBDA_TASK_ROOT = before;
  }
}

/** Calls that the role would not have been let make, each once. */
export const refused = (may: readonly Granted[], exchange: Recorder): string[] => [
  ...new Set(
    exchange.calls
      .flatMap(needsOf)
      .filter((need) => !isAllowed(may, need))
      .map(({ action, resource }) => `${action} on ${resource}`),
  ),
];

/** Time that all entries share: a beat of one of them after another, then the next instant. */
export function day(start: number) {
  let clock = clockwork(start, 1);
  const time = { now: () => clock.now(), wait: (ms: number) => clock.wait(ms) };
  let beats = 0;
  return {
    time,
    next() {
      clock = clockwork(clock.now() + cadenceMs, 1);
    },
    async beat(entry: Entry) {
      clock = clockwork(clock.now(), 1);
      const due = clock.now();
      const [ended] = await minute(clock, [entry], { due, beats: 1, holder: `start ${++beats}` });
      return ended;
    },
  };
}

export const analyzerOf = (
  { environment, place }: ReturnType<typeof given>,
  exchange: Recorder,
  time: { now: () => number; wait: (ms: number) => Promise<void> },
) =>
  analyzerEntry(
    toldTo(place, () => readEnvironment("analyzer", environment)),
    { hands: handsOf, reach: { credentials: anybody, agent: exchange.agent }, ...time },
  );

/** No name is asked of this machine's own resolver: the one it is pointed to does not answer. */
export const proberOf = (
  { environment, place }: ReturnType<typeof given>,
  exchange: Recorder,
  time: { now: () => number; wait: (ms: number) => Promise<void> },
) =>
  proberEntry(
    toldTo(place, () => readEnvironment("prober", { ...environment, HOLDFAST_RESOLVER: "127.0.0.1:9" })),
    { reach: { credentials: anybody, agent: exchange.agent }, ...time },
  );
