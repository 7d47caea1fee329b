/** tests · the functions of an applied trio, as the program told them: the environment that each was given, the leave that
 *  its role has, and their entries on a clock of ours, with AWS reached through the telephone exchange. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { analyzerEntry } from "../../../infra/account/analyzer.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { handsOf } from "../../../infra/account/hands.ts";
import { proberEntry } from "../../../infra/account/prober.ts";
import type { Entry } from "../../../infra/account/run.ts";
import { iam } from "../account/door.ts";
import type { Granted } from "../account/needs.ts";
import type { Recorder } from "../account/recorder.ts";
import { type Credentials, cadenceMs, clockwork, minute } from "../account/rig.ts";
import type { Run } from "../aws/engine.ts";
import { find } from "../aws/trio.ts";

type Asset = { path?: string };
type FunctionInputs = {
  environment: { variables: Record<string, string> };
  code: { assets: Record<string, Asset> };
};

const program = join(import.meta.dirname, "../../../infra");

/** What a function was given: its environment, and its code's files where LAMBDA_TASK_ROOT says. */
export function given(run: Run, what: "prober" | "analyzer" | "dashboard" | "auditor") {
  const inputs = find(run, `shop-${what}-runs-function`).inputs as unknown as FunctionInputs;
  const place = mkdtempSync(join(tmpdir(), `holdfast-${what}-`));
  for (const [file, { path = "" }] of Object.entries(inputs.code.assets)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    copyFileSync(resolve(program, path), join(place, file));
  }
  return {
    environment: inputs.environment.variables,
    place,
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

/** What a role of the account may do, as IAM there has it. */
export async function leaveOf(moto: string, run: Run, role: string): Promise<Granted[]> {
  const [holder, policy] = [find(run, `${role}-role`), find(run, `${role}-policy`)];
  const RoleName = String(holder.state.name);
  const told = await iam(moto, { Action: "GetRolePolicy", RoleName, PolicyName: String(policy.state.name) });
  const [, document = ""] = /<PolicyDocument>([^<]+)</.exec(told) ?? [];
  return JSON.parse(decodeURIComponent(document)).Statement;
}

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
  { agent }: Recorder,
  credentials: Credentials,
  time: { now: () => number; wait: (ms: number) => Promise<void> },
) =>
  analyzerEntry(
    toldTo(place, () => readEnvironment("analyzer", environment)),
    { hands: handsOf, reach: { credentials, agent }, ...time },
  );

/** No name is asked of this machine's own resolver: the one it is pointed to does not answer. */
export const proberOf = (
  { environment, place }: ReturnType<typeof given>,
  { agent }: Recorder,
  credentials: Credentials,
  time: { now: () => number; wait: (ms: number) => Promise<void> },
) =>
  proberEntry(
    toldTo(place, () => readEnvironment("prober", { ...environment, HOLDFAST_RESOLVER: "127.0.0.1:9" })),
    { reach: { credentials, agent }, ...time },
  );
