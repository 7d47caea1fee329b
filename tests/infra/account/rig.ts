/** tests · an account on the loopback: three regions of a local AWS API behind the telephone exchange, a workload that
 *  answers over HTTP, and the real entries, all on one clock of ours. What AWS itself does and the local API does not is
 *  played here: alarms that judge, tasks that start, users who follow the lever. */
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { analyzerEntry } from "../../../infra/account/analyzer.ts";
import { readEnvironment } from "../../../infra/account/environment.ts";
import { handsOf } from "../../../infra/account/hands.ts";
import { shadowOf } from "../../../infra/account/lever/mod.ts";
import { proberEntry } from "../../../infra/account/prober.ts";
import { type Entry, run } from "../../../infra/account/run.ts";
import type { EntryName } from "../../../infra/account/variables.ts";
import { leverAlarm, serviceOf, tablesOf } from "../../../infra/aws/names.ts";
import { writeMany } from "../../../store/dynamodb/table.ts";
import { dynamodb, type Table } from "../../../store/dynamodb.ts";
import type { Target, Topology } from "../../../store/records.ts";
import type { Store } from "../../../store/store.ts";
import { type AwsApi, awsApi } from "../../probes/awsapi.ts";
import { serve } from "../../probes/webserver.ts";
import { makeTable } from "../../store/tables.ts";
import { drainAlarm } from "./alarm.ts";
import { type Recorder, recorder, type StandIn } from "./recorder.ts";
import { autoscale, makeService } from "./service.ts";

export const regions = ["us-east-1", "us-west-2", "eu-west-1"] as const;
export const [primary, standby, witness] = regions;
export const workload = "shop";
export const names = {
  ...tablesOf(workload),
  alarm: leverAlarm(workload),
  shadowAlarm: leverAlarm(`${workload}-shadow`),
  service: serviceOf(workload),
};
export type Credentials = { accessKeyId: string; secretAccessKey: string };
export const anybody: Credentials = { accessKeyId: "local", secretAccessKey: "local" };
export const cadenceMs = 10_000;
/** Quicker to be sure than the default, as every beat here is a hundred calls. */
const rules = { cadenceMs, consecutiveFailuresThreshold: 2, verifyRounds: 1 };

/** What the world does by itself; tests change it. */
export type Weather = {
  /** Regions whose workload answers with an error. */
  ill: Set<string>;
  /** Regions whose whole API is out of reach. */
  lost: Set<string>;
};

type Local = {
  region: string;
  endpoint: string;
  credentials: () => Promise<Credentials & { expiration: Date }>;
};

export type Rig = {
  api: AwsApi;
  /** What the probers call goes by the one, what the analyzer calls by the other. */
  exchange: Recorder;
  judges: Recorder;
  /** Who sets the account up and plays nature. */
  admin: { is: Credentials };
  weather: Weather;
  topology: Topology;
  environment: Record<string, string>;
  tables: Record<string, Table>;
  state: Table;
  clientOf: <C>(make: new (settings: Local) => C, region: string) => C;
  /** What Route 53 would read off the lever of kind `metric`. */
  isDrained: () => boolean;
  /** Whether users are kept out of the primary: as that lever says, where a test names no other. */
  keptOut: () => Promise<boolean>;
  /** A clean account: empty tables, one task in the standby, nothing drained. */
  fresh: () => Promise<void>;
  stop: () => Promise<void>;
};

export async function openRig(): Promise<Rig> {
  const api = await awsApi();
  const exchange = await recorder(api.endpoint);
  const judges = await recorder(api.endpoint);
  const weather: Weather = { ill: new Set(), lost: new Set() };
  let lever = 0;
  const workloads = await Promise.all(
    [primary, standby].map(async (region) => ({
      region,
      served: await serve((_, response) => {
        response.writeHead(weather.ill.has(region) ? 500 : 200, { "x-served-by": region }).end();
      }),
    })),
  );
  /** The name as users take it: Route 53's part, with the lever between it and them. */
  const route = await serve(async (_, response) => {
    const region = (await self.keptOut()) ? standby : primary;
    response.writeHead(weather.ill.has(region) ? 500 : 200, { "x-served-by": region }).end();
  });
  const control = await serve((_, response) => response.end());
  const at = (port: number) => `http://127.0.0.1:${port}/`;
  const targets: Target[] = [
    ...workloads.map(
      ({ region, served }): Target => ({
        id: `app@${region}`,
        kind: "http",
        purpose: "workload",
        service: "app",
        region,
        url: at(served.port),
      }),
    ),
    {
      id: `tasks@${standby}`,
      kind: "aws",
      purpose: "capacity",
      service: "ecs",
      region: standby,
      url: `aws://ecs/${standby}/${names.service.cluster}/${names.service.service}`,
    },
    { id: "route", kind: "http", purpose: "route", service: "app", region: "global", url: at(route.port) },
    {
      id: "control",
      kind: "http",
      purpose: "control",
      service: "control",
      region: "global",
      url: at(control.port),
    },
  ];
  const topology: Topology = {
    workload: { name: "app.example.test", url: at(route.port) },
    regions: [
      { region: primary, role: "primary", capacity: { normal: 2, full: 2 } },
      { region: standby, role: "standby", capacity: { normal: 1, full: 2 } },
      { region: "eu-west-1", role: "witness", capacity: null },
    ],
    vantages: regions.map((region) => ({ id: region, region })),
    targets,
  };
  const admin = { is: anybody };
  // said to run out at once, so that whoever is admin is asked for each call
  const credentials = async () => ({ ...admin.is, expiration: new Date(Date.now() + 1_000) });
  const clientOf: Rig["clientOf"] = (make, region) =>
    new make({ region, endpoint: api.endpoint, credentials });
  const tables: Record<string, Table> = {};
  for (const region of regions)
    tables[region] = await makeTable(clientOf(DynamoDBClient, region), names.rounds);
  const state = await makeTable(clientOf(DynamoDBClient, standby), names.state);

  const ecs = clientOf(ECSClient, standby);
  await makeService(ecs, names.service);
  await autoscale(clientOf(ApplicationAutoScalingClient, standby), names.service, 4);
  const cloudwatch = clientOf(CloudWatchClient, standby);
  for (const [AlarmName, of] of [
    [names.alarm, workload],
    [names.shadowAlarm, shadowOf(workload)],
  ] as const) {
    await cloudwatch.send(drainAlarm(AlarmName, of));
  }
  const judge = async (value: number, AlarmName = names.alarm) => {
    if (AlarmName === names.alarm) lever = value;
    const StateValue = value === 1 ? "ALARM" : "OK";
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "judged" }));
  };
  // Moto runs no tasks: those that are asked for are taken to run. And it refuses in XML whoever speaks JSON.
  api.meddle = ({ action, body }) => ({
    rewrite: (answer) => {
      if (body.startsWith("{") && /^<\?xml[\s\S]*<Code>AccessDenied/.test(answer)) {
        const message = /<Message>([^<]*)/.exec(answer)?.[1] ?? "";
        return JSON.stringify({ __type: "AccessDeniedException", message });
      }
      if (action !== "DescribeServices" && action !== "UpdateService") return answer;
      const desired = /"desiredCount": ?(\d+)/.exec(answer)?.[1] ?? "0";
      return answer.replaceAll(/"runningCount": ?\d+/g, `"runningCount": ${desired}`);
    },
  });
  const nature: StandIn = async ({ host, action, body }) => {
    if ([...weather.lost].some((region) => host.includes(region))) return "reset";
    if (action !== "PutMetricData") return null;
    const told = /Value=([01])\b|"Value":\s*([01])\b/.exec(body);
    const alarm = body.includes(shadowOf(workload)) ? names.shadowAlarm : names.alarm;
    if (told && body.includes("Drain")) await judge(Number(told[1] ?? told[2]), alarm);
    return null;
  };
  exchange.standIns.push(nature);
  judges.standIns.push(nature);

  const self: Rig = {
    api,
    exchange,
    judges,
    admin,
    weather,
    topology,
    tables,
    state,
    clientOf,
    isDrained: () => lever === 1,
    keptOut: async () => lever === 1,
    environment: {
      HOLDFAST_WORKLOAD: workload,
      HOLDFAST_TOPOLOGY: JSON.stringify(topology),
      HOLDFAST_RULES: JSON.stringify(rules),
      HOLDFAST_ROUNDS_TABLE: names.rounds,
      HOLDFAST_STATE_TABLE: names.state,
      HOLDFAST_RESOLVER: "127.0.0.1:9",
      HOLDFAST_ALLOW: "127.0.0.0/8",
      HOLDFAST_LEVER: JSON.stringify({ kind: "metric", alarm: names.alarm }),
      HOLDFAST_ACTIONS: JSON.stringify({ capacity: { [standby]: names.service } }),
    },
    async fresh() {
      weather.ill.clear();
      weather.lost.clear();
      for (const table of [...Object.values(tables), state]) await empty(table);
      await ecs.send(new UpdateServiceCommand({ ...names.service, desiredCount: 1 }));
      await judge(0);
      exchange.calls.length = 0;
      judges.calls.length = 0;
    },
    async stop() {
      await exchange.stop();
      await judges.stop();
      await api.stop();
      for (const { stop } of [...workloads.map(({ served }) => served), route, control]) await stop();
    },
  };
  return self;
}

async function empty(table: Table): Promise<void> {
  const { Items = [] } = await table.client.send(
    new ScanCommand({ TableName: table.name, ProjectionExpression: "pk, sk" }),
  );
  await writeMany(table, { deletes: Items });
}

/** Time that passes only when everybody who takes part in it waits. */
export function clockwork(start: number, parties: number) {
  let now = start;
  let present = parties;
  const waiting: { at: number; go: () => void }[] = [];
  const strike = () => {
    if (waiting.length < present || present === 0) return;
    waiting.sort((a, b) => a.at - b.at);
    now = Math.max(now, waiting[0]?.at ?? now);
    for (let i = waiting.length - 1; i >= 0; i--) {
      const one = waiting[i];
      if (one && one.at <= now) waiting.splice(i, 1)[0]?.go();
    }
  };
  return {
    now: () => now,
    wait: (ms: number) =>
      new Promise<void>((go) => {
        waiting.push({ at: now + ms, go });
        strike();
      }),
    leave: () => {
      present--;
      strike();
    },
  };
}

/** Who an entry is to AWS, and what it is told besides. */
export type Given = { is: Credentials; environment: Record<string, string> };

/** The entries in their regions, as their functions would make them from the environment. */
export function entriesOf(
  rig: Rig,
  clock: { now: () => number; wait: (ms: number) => Promise<void> },
  given: (entry: EntryName, region: string) => Given = () => ({ is: anybody, environment: {} }),
) {
  const told = <E extends EntryName>(entry: E, region: string) =>
    readEnvironment(entry, {
      ...rig.environment,
      ...given(entry, region).environment,
      HOLDFAST_REGION: region,
      HOLDFAST_VANTAGE: region,
    });
  const by = (entry: EntryName, region: string, { agent }: Recorder) => ({
    reach: { credentials: given(entry, region).is, agent },
    now: clock.now,
    wait: clock.wait,
  });
  return {
    probers: regions.map((region) => proberEntry(told("prober", region), by("prober", region, rig.exchange))),
    analyzer: analyzerEntry(told("analyzer", standby), {
      hands: handsOf,
      ...by("analyzer", standby, rig.judges),
    }),
  };
}

/** The store as people read it. */
export function readerOf(rig: Rig, now: () => number): Store {
  const rounds = new Map(Object.entries(rig.tables));
  return dynamodb({ state: rig.state, rounds, now });
}

/** Runs entries from one schedule for some beats, side by side on one clock, as their functions would be started. */
export async function minute(
  clock: ReturnType<typeof clockwork>,
  entries: Entry[],
  { due, beats, holder = "run" }: { due: number; beats: number; holder?: string },
) {
  const event = { scheduledTime: new Date(due).toISOString() };
  return Promise.allSettled(
    entries.map(async (entry) => {
      try {
        const ends = clock.now() + beats * cadenceMs + entry.beatMs + 1_000 - 1;
        return await run(entry, event, {
          awsRequestId: `${holder} ${entry.name}`,
          getRemainingTimeInMillis: () => ends - clock.now(),
        });
      } finally {
        clock.leave();
      }
    }),
  );
}

/** Everybody at work for some beats: how each run ended, what was decided on the way, and what is kept. A move takes eight,
 *  or one more when the analyzer reads before the last word is written: of one instant, who is first is chance. */
export async function live(rig: Rig, due: number, beats: number) {
  const clock = clockwork(due, regions.length + 1);
  const { probers, analyzer } = entriesOf(rig, clock);
  const ended = await minute(clock, [...probers, analyzer], { due, beats });
  const store = readerOf(rig, clock.now);
  const phases = (await store.decisions(50)).toReversed().map((d) => d.to);
  return { ended, store, phases: phases.filter((to, i) => to !== phases[i - 1]) };
}
