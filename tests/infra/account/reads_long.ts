/** What is only read in an account, through many plots of what may go wrong on the way: the audit, how far the data's copy is
 *  behind, and the bit that checkers ask for. What could not be read is not known; nothing made up is ever said. */
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { lastAudit } from "../../../infra/account/audited.ts";
import { auditorEntry } from "../../../infra/account/auditor.ts";
import { drainEntry } from "../../../infra/account/drain.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { leverFrom } from "../../../infra/account/lever/mod.ts";
import type { Wanted } from "../../../infra/audit/wanted.ts";
import { withAws } from "../../../probes/aws/mod.ts";
import { nodeEdge, probe } from "../../../probes/mod.ts";
import type { Target } from "../../../store/records.ts";
import { missing } from "../../machine.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { credentials, makeTable } from "../../store/tables.ts";
import { placeIn, remembered, synthetics } from "../audit/placed.ts";
import { type Heard, type Recorder, recorder, type StandIn } from "./recorder.ts";
import { answerTo, kinds } from "./troubled.ts";

type Fault = { call: number; kind: (typeof kinds)[number] };
const faults = (callsMax: number, maxLength: number): fc.Arbitrary<Fault[]> =>
  fc.array(fc.record({ call: fc.nat({ max: callsMax }), kind: fc.constantFrom(...kinds) }), { maxLength });

/** Goes wrong at the calls of the plot, counted from here on; after a crash nothing more gets through. */
function troubled(plot: readonly Fault[], isMeant: (call: Heard) => boolean = () => true): StandIn {
  let calls = 0;
  let crashed = false;
  return (call) => {
    if (!isMeant(call)) return null;
    if (crashed) return "reset";
    const fault = plot.find((f) => f.call === calls);
    calls++;
    if (fault?.kind.startsWith("crash")) crashed = true;
    return fault ? answerTo(fault.kind, call) : null;
  };
}

/** Whether it ended by itself, beside a timer on the same loop: a machine that is busy makes both late. */
async function inTime<T>(ms: number, working: Promise<T>): Promise<T> {
  const bell = new AbortController();
  const rings = sleep(ms, "late" as const, { signal: bell.signal }).catch(() => "late" as const);
  const first = await Promise.race([working, rings]);
  bell.abort();
  if (first === "late") throw new Error(`not done in ${ms} ms`);
  return working;
}

describe.skipIf(missing("moto_server"))("whatever goes wrong while something is read", () => {
  let api: AwsApi;
  let exchange: Recorder;
  let wanted: Wanted;
  const reach = () => ({ credentials, agent: exchange.agent });
  beforeAll(async () => {
    api = await awsApi();
    exchange = await recorder(api.endpoint);
    wanted = await placeIn(api);
  }, 60_000);
  afterAll(async () => {
    await exchange?.stop();
    await api?.stop();
  });
  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    api.meddle = remembered;
    exchange.standIns.length = 0;
  });
  afterEach(() => void vi.restoreAllMocks());

  const tableOf = (name: string) =>
    makeTable(new DynamoDBClient({ region: "us-west-2", endpoint: api.endpoint, credentials }), name);

  test("an audit finds no fault with what is as made, misses none that is there, and is kept whole or not at all", async () => {
    const table = await tableOf("audits");
    /** Hands in the console: what each changes, as the answers tell it, and the line that must not be met then. */
    const changes = {
      nothing: null,
      "a record obeys nothing": [
        "records",
        (xml: string) => xml.replace(/<HealthCheckId>[^<]+<\/HealthCheckId>/, ""),
      ],
      "a half is gone": [
        "records",
        (xml: string) =>
          xml.replace(
            /<ResourceRecordSet>(?:(?!<\/ResourceRecordSet>).)*SECONDARY.*?<\/ResourceRecordSet>/s,
            "",
          ),
      ],
      "silence drains": ["checks", (xml: string) => xml.replace("LastKnownStatus", "Unhealthy")],
    } as const;
    const plots = fc.record({
      faults: faults(20, 8),
      change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
    });
    await fc.assert(
      fc.asyncProperty(plots, async ({ faults, change }) => {
        const [line, edit] = changes[change] ?? [null, (xml: string) => xml];
        api.meddle = (call) => {
          const doing = remembered(call);
          return doing && typeof doing === "object" && "rewrite" in doing
            ? { rewrite: (answer) => edit(doing.rewrite(answer)) }
            : doing;
        };
        exchange.calls.length = 0;
        exchange.standIns.splice(0, Infinity, troubled(faults), synthetics);
        const before = await lastAudit(table);
        const at = (before?.at ?? Date.UTC(2026, 0, 1, 12)) + 1_000;
        const told = readEnvironment("auditor", {
          HOLDFAST_WORKLOAD: "shop",
          HOLDFAST_STATE_TABLE: table.name,
          HOLDFAST_AUDIT: JSON.stringify(wanted),
        });
        const look = auditorEntry(told, { reach: reach(), now: () => at });
        const ended = await inTime(
          3_000,
          look({}, { getRemainingTimeInMillis: () => 4_000 }).then(
            () => "kept",
            () => "given up",
          ),
        );
        const kept = await lastAudit(table);
        const lost = faults.some(({ kind }) => kind === "lose" || kind === "crash after"); // it may be kept, and the answer lost
        if (ended === "kept") expect(kept?.at).toBe(at);
        else if (!lost) expect(kept).toEqual(before);
        if (kept?.at === at)
          for (const { id, met, value } of kept.lines) {
            if (id === line) expect([id, met, value]).not.toEqual([id, true, value]);
            else expect([id, met === false, value]).toEqual([id, false, value]);
          }
        const writes = exchange.calls.filter(
          ({ action }) => !/^(GET |POST \/canaries|Describe)/.test(action),
        );
        expect(new Set(writes.map(({ host, action }) => `${host} ${action}`)).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  test("a copy's lag is what the cluster told within five minutes, or not known, and never down", async () => {
    const minutes = fc.array(
      fc.record({ lagMs: fc.option(fc.nat({ max: 600_000 })), fault: fc.option(fc.constantFrom(...kinds)) }),
      { minLength: 3, maxLength: 12 },
    );
    const target: Target = {
      id: "copy@us-west-2",
      kind: "aws",
      purpose: "data",
      service: "rds",
      region: "us-west-2",
      url: "aws://rds/us-west-2/shop",
    };
    await fc.assert(
      fc.asyncProperty(minutes, async (all) => {
        let now = Date.UTC(2026, 0, 1, 12);
        const points: { at: number; lagMs: number }[] = [];
        let fault: Fault[] = [];
        const cloudwatch: StandIn = ({ body }) => {
          const { StartTime, EndTime } = JSON.parse(body) as { StartTime: number; EndTime: number };
          const told = points
            .filter(({ at }) => at / 1_000 >= StartTime && at / 1_000 <= EndTime)
            .toReversed();
          const MetricDataResults = [
            { Id: "m0", Timestamps: told.map((p) => p.at / 1_000), Values: told.map((p) => p.lagMs) },
            { Id: "m1", Timestamps: [], Values: [] },
          ];
          const headers = { "content-type": "application/x-amz-json-1.0" };
          return { status: 200, headers, body: JSON.stringify({ MetricDataResults }) };
        };
        exchange.standIns.splice(
          0,
          Infinity,
          (call, headers) => troubled(fault)(call, headers),
          (call, headers) => (call.host.startsWith("monitoring.") ? cloudwatch(call, headers) : null),
        );
        const edge = withAws({ ...nodeEdge({}), now: () => now }, reach());
        for (const minute of all) {
          now += 60_000;
          if (minute.lagMs !== null) points.push({ at: now - 60_000, lagMs: minute.lagMs });
          fault = minute.fault === null ? [] : [{ call: 0, kind: minute.fault }];
          const { verdict, facts } = await probe(target, edge, AbortSignal.timeout(300));
          const last = points.filter(({ at }) => now - at <= 300_000).at(-1);
          if (verdict === "up") expect(facts.lagMs).toBe(last?.lagMs);
          else expect([verdict, "lagMs" in facts]).toEqual(["unknown", false]);
          if (last && minute.fault === null) expect(verdict).toBe("up"); // what troubled it before troubles it no more
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a checker hears drained only where that is so, and has an answer while it waits", async () => {
    const table = await tableOf("levers");
    const told = readEnvironment("drain", {
      HOLDFAST_WORKLOAD: "shop",
      HOLDFAST_REGION: "us-west-2",
      HOLDFAST_STATE_TABLE: table.name,
    });
    const place = { workload: "shop", primary: "us-east-1", standby: "us-west-2" };
    const settings = {
      kind: "endpoint" as const,
      table: table.name,
      url: "https://abc123.lambda-url.us-west-2.on.aws/",
    };
    let now = 0;
    const lever = leverFrom(settings, place, { now: () => now, chance: () => 0.5, reach: reach() });
    const answer = drainEntry(told, { reach: reach() });
    const steps = fc.array(fc.oneof(fc.record({ tell: fc.boolean() }), fc.record({ ask: faults(1, 2) })), {
      minLength: 2,
      maxLength: 10,
    });
    let drained = false;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        for (const step of all) {
          exchange.standIns.length = 0;
          now += 1_000;
          if ("tell" in step) {
            await lever.tell(step.tell);
            drained = step.tell;
            continue;
          }
          exchange.standIns.push(troubled(step.ask, ({ action }) => action === "GetItem"));
          const { statusCode } = await inTime(2_000, answer({ rawPath: "/" }));
          const right = drained ? 200 : 503;
          expect(step.ask.length === 0 ? [right] : [right, 500]).toContain(statusCode);
        }
      }),
      { numRuns: 60 },
    );
  });
});
