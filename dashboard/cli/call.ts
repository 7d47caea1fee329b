/** dashboard · command line. Talks to a running Holdfast over HTTP, and says what to do when there is none. */
import * as z from "zod";
import { BadInput, Phase, parse, RuleLine, Scope } from "../../store/records.ts";
import type { AskedAnswer, StateAnswer } from "../answers.ts";
import { type Ask, AskKind } from "../ask.ts";
import type { ApiPath } from "../openapi.ts";
import { reads } from "./reads.ts";

/** `token`: for a Holdfast that asks who is there. */
export type Where = { url: string; token?: string };

/** Nothing answers, or what answers is no Holdfast; exit code 1. */
export class NotRunning extends Error {
  override name = "NotRunning";
}

/** Holdfast answers and says no; exit code 1. */
export class SaysNo extends Error {
  override name = "SaysNo";
}

const patienceMs = 10_000; // a laptop under load answers in one; what takes longer than this does not answer

const takes = {
  totalMs: z.number().nullable(),
  parts: z.array(z.object({ part: z.string(), says: z.string(), ms: z.number().nullable() })),
};

/** What the commands read of `GET /api/state`; the rest is passed on as it is. */
const State = reads<typeof StateAnswer>()(
  z.looseObject({
    at: z.string().nullable(),
    stale: z.boolean(),
    phase: Phase,
    mode: z.string(),
    activeRegion: z.string().nullable(),
    verdict: z.object({
      state: z.string(),
      users: z.string(),
      says: z.string(),
      evidence: z.array(z.string()),
    }),
    regions: z.array(
      z.object({
        region: z.string(),
        role: z.string(),
        score: z.number().nullable(),
        coverage: z.number().nullable(),
        reasons: z.array(z.object({ says: z.string(), costs: z.number() })),
        capacity: z.object({ running: z.number(), desired: z.number() }).nullable(),
        lagMs: z.number().nullable(),
        users: z
          .object({
            requestsPerSecond: z.number(),
            failedShare: z.number().nullable(),
            share: z.number().nullable(),
          })
          .nullable(),
      }),
    ),
    cascade: z.object({
      root: z.string().nullable(),
      confidence: z.number().nullable(),
      evidence: z.array(z.string()),
      aftermath: z.object({ says: z.string(), until: z.string() }).nullable(),
      candidates: z.array(z.object({ node: z.string(), score: z.number() })),
      fallen: z.array(z.object({ node: z.string(), since: z.string(), says: z.string() })),
      next: z.array(z.object({ node: z.string(), from: z.string(), until: z.string(), says: z.string() })),
    }),
    scope: Scope.nullable(),
    incidents: z.array(
      z.object({
        title: z.string(),
        severity: z.string(),
        openedAt: z.string(),
        resolvedAt: z.string().nullable(),
        told: z.array(z.string()),
        untold: z.array(z.string()),
      }),
    ),
    failing: z.array(z.object({ channel: z.string(), since: z.string(), why: z.string() })),
    lever: z.object({ drained: z.record(z.string(), z.boolean()) }),
    why: z.string().nullable(),
    explains: z.array(z.string()),
    recovery: z.object({ ...takes, asked: z.object(takes) }),
    readiness: z.object({ ready: z.boolean(), lines: z.array(RuleLine) }).nullable(),
    for: z.array(RuleLine),
    against: z.array(RuleLine),
    standing: z.looseObject({ request: z.looseObject({ id: z.string() }).nullable() }).nullable(),
    may: z.record(AskKind, z.string().nullable()),
    requests: z.array(z.looseObject({ id: z.string() })),
    decisions: z.array(
      z.looseObject({ at: z.string(), from: Phase, to: Phase, by: z.string(), why: z.string() }),
    ),
    faults: z.array(
      z.object({ fault: z.string(), region: z.string(), service: z.string().optional(), since: z.string() }),
    ),
    rules: z.looseObject({ healthThreshold: z.number() }),
  }),
);
export type Seen = z.infer<typeof State>;

export const stateOf = async (where: Where): Promise<Seen> => read(where, await rawState(where));

/** The state as it came, for those who want all of it. */
export const rawState = (where: Where): Promise<unknown> => call(where, "GET", "/api/state");

export function read(where: Where, answer: unknown): Seen {
  const seen = State.safeParse(answer);
  if (seen.success) return seen.data;
  throw new NotRunning(
    `What answers at ${where.url} is no Holdfast of this version: ${z.prettifyError(seen.error).split("\n")[0]}`,
  );
}

const Asked = reads<typeof AskedAnswer>()(z.looseObject({ id: z.string() }));

/** Puts a request down; its id. Throws what `call` throws. */
export async function askFor(where: Where, asked: z.input<typeof Ask>): Promise<string> {
  return parse("answer", Asked, await call(where, "POST", "/api/requests", asked)).id;
}

type Method = "GET" | "POST" | "DELETE";

/** One exchange; the answer's JSON. Throws `NotRunning`, `BadInput` for what is asked wrongly or is not there (400, 404), `SaysNo` for other refusals. */
export async function call(where: Where, method: Method, path: ApiPath, body?: unknown): Promise<unknown> {
  const url = new URL(path, where.url);
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        ...(where.token === undefined ? {} : { authorization: `Bearer ${where.token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new NotRunning(
      `Holdfast does not answer at ${where.url}: start it with npm start, or say where it is with --url`,
    );
  }
  const text = await answer.text();
  const json = jsonOf(text);
  if (json === undefined)
    throw new NotRunning(
      `What answers at ${where.url} is no Holdfast: it gave status ${answer.status} without JSON`,
    );
  if (answer.ok) return json;
  const error = parse("answer", z.looseObject({ error: z.string() }), json).error;
  throw answer.status === 400 || answer.status === 404 ? new BadInput(error) : new SaysNo(error);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON at all; the caller says so
  }
}
