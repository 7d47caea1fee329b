/** infra/replayed · the stage. A story's world on virtual time: what its probes would have heard each minute, the real
 *  tick, and hands that carry out at once. The lever and the tasks are well in every story: what failed is in its text. */
import { type Edge, parseRules } from "../../analyzer/mod.ts";
import { type Past, type Ticked, tick, type World } from "../../analyzer/tick.ts";
import { memory, type Store } from "../../store/mod.ts";
import { type Observation, parse, type Target, Topology } from "../../store/records.ts";
import type { Story } from "./story.ts";

const minuteMs = 60_000;
/** Pages that stand for the workload's requests: a share of users hurt is that share of them failing. */
const pages = Array.from({ length: 10 }, (_, i) => `page-${i}`);
/** One address of the workload's name in each zone. */
export const zones = ["a", "b", "c"];
const addressOf = (zone: string) => `192.0.2.${zones.indexOf(zone) + 1}`;
/** What a name can be short of; anything else is heard only by who calls. */
export const ofNames = new Set(["nodata", "nxdomain", "servfail", "refused", "timeout-dns"]);
const full = 4;

/** Something that can be watched minute by minute, made up or recorded. */
export type Show = {
  topology: Topology;
  store: Store;
  home: string;
  standby: string;
  /** Minutes since T0; before the first `advance` those of the instant before it. */
  minute(): number;
  isOver(): boolean;
  /** The minute of an instant. */
  at(instant: number): number;
  usersIn(): string;
  tasksIn(region: string): number;
  /** What happened in this minute, in the story's words. */
  happened(): string[];
  advance(): Promise<Ticked & Past>;
};

export function stageOf(story: Story, edges?: readonly Edge[]): Show {
  const store = memory({ checked: false }); // we make it all up ourselves
  const rules = parseRules({ cadenceMs: minuteMs });
  const topology = topologyOf(story);
  const start = Date.UTC(2026, 0, 1) + story.from * minuteMs;
  let minute = story.from - 1;
  let before: (Ticked & Past) | null = null;
  const state = new Map<string, string>();
  const tasks = new Map([
    [story.home, full],
    [story.standby, 1],
  ]);
  let drained: string | null = null;
  const now = () => start + (minute - story.from) * minuteMs;
  const world: World = {
    store,
    topology,
    rules,
    now,
    odd: () => [],
    ...(edges ? { edges } : {}),
    traffic: {
      async carryOut(order) {
        if (order.kind === "drain") drained = order.drained ? order.region : null;
        else if (order.kind === "capacity") tasks.set(order.region, order.want === "full" ? full : 1);
        return true;
      },
      async publish(region) {
        drained = region;
      },
    },
  };
  const due = () => story.events.filter((e) => e.minute === minute);
  return {
    topology,
    store,
    home: story.home,
    standby: story.standby,
    minute: () => minute,
    isOver: () => minute >= story.until,
    at: (instant) => Math.round((instant - start) / minuteMs) + story.from,
    usersIn: () => (drained === story.home ? story.standby : story.home),
    tasksIn: (region) => tasks.get(region) ?? 0,
    happened: () => due().map((e) => `${e.subject} ${e.state}${e.note ? ` (${e.note})` : ""}`),
    async advance() {
      minute++;
      for (const { subject, state: s } of due()) {
        if (s === "well") state.delete(subject);
        else state.set(subject, s);
      }
      const usersIn = drained === story.home ? story.standby : story.home;
      const at = now() - 500;
      for (const { id, region } of topology.vantages) {
        const observations = topology.targets.map((t) => hear(t, id, at, state, story, tasks, usersIn));
        await store.addRound({
          vantage: id,
          vantageRegion: region,
          at,
          tookMs: 100,
          blind: false,
          observations,
        });
      }
      before = await tick(world, before);
      await store.forget(now() - 60 * minuteMs);
      return before;
    },
  };
}

function topologyOf({ home, standby, witness, names, calls }: Story): Topology {
  const target = (rest: Record<string, unknown>) => rest as unknown as Target;
  const service = (node: string, kind: "dns" | "http", region: string) =>
    target({
      ...{ id: `${kind} ${node} ${region}`, kind, service: node.split("@")[0], region, purpose: "service" },
      ...(kind === "dns"
        ? { name: `${node}.${region}.example.test`, type: "A" }
        : { url: `http://${node.split("@")[0]}.${region}.example.test/` }),
    });
  const asked = [home, standby].flatMap((region) => [
    ...names.filter((n) => !n.includes("@")).map((n) => service(n, "dns", region)),
    ...calls.filter((n) => !n.includes("@")).map((n) => service(n, "http", region)),
    ...pages.map((page) =>
      target({
        ...{
          id: `${page} ${region}`,
          kind: "http",
          service: "app",
          region,
          purpose: "workload",
          everyAddress: true,
        },
        url: `http://app.${region}.example.test/${page}`,
      }),
    ),
    target({
      id: `tasks ${region}`,
      kind: "aws",
      service: "ecs",
      region,
      purpose: "capacity",
      url: `http://ecs.${region}.example.test/`,
    }),
    target({
      id: `machines ${region}`,
      kind: "aws",
      service: "instances",
      region,
      purpose: "service",
      url: `aws://ec2/${region}`,
    }),
  ]);
  const global = [...names, ...calls].filter((n) => n.endsWith("@global"));
  return parse("the story's topology", Topology, {
    workload: { name: "app.example.test", url: "http://app.example.test/" },
    regions: [
      { region: home, role: "primary", capacity: { normal: full, full } },
      { region: standby, role: "standby", capacity: { normal: 1, full } },
      { region: witness, role: "witness", capacity: null },
    ],
    vantages: [home, standby, witness].map((region) => ({ id: region, region })),
    targets: [
      ...asked,
      ...global.map((n) => service(n, "http", "global")),
      target({
        id: "route",
        kind: "http",
        service: "app",
        region: "global",
        purpose: "route",
        url: "http://app.example.test/",
      }),
      target({
        id: "control",
        kind: "http",
        service: "control",
        region: "global",
        purpose: "control",
        url: "http://control.example.test/",
      }),
    ],
  });
}

function hear(
  target: Target,
  vantage: string,
  at: number,
  state: ReadonlyMap<string, string>,
  story: Story,
  tasks: ReadonlyMap<string, number>,
  usersIn: string,
): Observation {
  const { id, kind, purpose, service, region } = target;
  const base = { at, vantage, target: id, kind, purpose, service, region, latencyMs: 20, facts: {} };
  const well: Observation = { ...base, verdict: "up", reason: null };
  const fails = (reason: string, facts = {}): Observation =>
    reason === "silent"
      ? { ...base, latencyMs: null, facts, verdict: "unknown", reason: "unreachable" }
      : { ...base, latencyMs: null, facts, verdict: "down", reason };
  if (purpose === "capacity") {
    const running = tasks.get(region) ?? 0;
    return { ...well, facts: { running, desired: running } };
  }
  if (purpose === "route") return { ...well, facts: { servedBy: usersIn } };
  if (purpose === "control") return well;
  const atHome = region === story.home;
  const lost = atHome ? zones.filter((z) => state.has(`zone ${z}`)) : [];
  if (service === "instances") {
    const ill = Object.fromEntries(lost.map((z) => [z, 4]));
    const fine = Object.fromEntries(zones.filter((z) => !lost.includes(z)).map((z) => [z, 4]));
    const facts = { healthyByZone: fine, unhealthyByZone: ill };
    return lost.length > 0 ? fails("unhealthy", facts) : { ...well, facts };
  }
  if (purpose === "workload") return page(well, id, atHome, lost, state.get("users"), fails);
  const reason = state.get(
    region === "global" ? `${service}@global` : atHome ? service : `${service}@${region}`,
  );
  if (reason === undefined || (kind === "dns" && !ofNames.has(reason))) return well;
  return fails(reason);
}

const wellFacts = { answers: zones.map((z) => `${addressOf(z)} up`) };

/** A page asks each address. A lost zone takes its own with it; hurt users are pages that fail at every address. */
function page(
  well: Observation,
  id: string,
  atHome: boolean,
  lost: readonly string[],
  users: string | undefined,
  fails: (reason: string, facts?: object) => Observation,
): Observation {
  if (!atHome || (users === undefined && lost.length === 0)) return { ...well, facts: wellFacts };
  const [share = "", reason = "timeout"] = users?.split(" ") ?? [];
  const nth = pages.findIndex((p) => id.startsWith(`${p} `));
  const isHurt = users !== undefined && nth < (Number.parseInt(share, 10) / 100) * pages.length;
  const answers = zones.map((z) =>
    isHurt
      ? `${addressOf(z)} down ${reason}`
      : lost.includes(z)
        ? `${addressOf(z)} down timeout`
        : `${addressOf(z)} up`,
  );
  if (isHurt) return fails(reason, { answers });
  return lost.length > 0 ? fails("timeout", { answers }) : { ...well, facts: { answers } };
}
