/** infra/local · effects. The hands of the loop in this world: scales the standby by its ECS endpoint and pulls the
 *  lever by publishing `Holdfast/Drain` in the standby region. Both are calls over DNS and HTTP to the standby region, as
 *  they would be in an account; nothing here reaches into the world behind its back. */
import * as z from "zod";
import type { Traffic } from "../../analyzer/traffic.ts";
import type { Address } from "../../probes/edge.ts";
import { BadInput, parse, type Region } from "../../store/records.ts";
import { call, resolve } from "./call.ts";
import { type Chance, oneOf } from "./chance.ts";
import { within } from "./patience.ts";
import { capacity, metricsName, primary, serviceName, standby } from "./places.ts";
import type { MetricName } from "./switchboard.ts";
import type { Timings } from "./timings.ts";

const Counts = z.object({ running: z.number(), desired: z.number() });
const Alarm = z.object({ state: z.string() });

export type LeverOptions = {
  nameServer: Address;
  road: (address: string) => Address;
  timings: Timings;
  chance: Chance;
};

export function leverOf(options: LeverOptions): Traffic {
  const put = (metric: MetricName, value: 0 | 1) =>
    api(options, metricsName(standby), "/metrics", { namespace: "Holdfast", metric, value });
  const alarmOf = async (name: MetricName) => {
    const path = `/alarms/holdfast-${name.toLowerCase()}`;
    return parse("the alarm", Alarm, await api(options, metricsName(standby), path)).state;
  };
  const publish = async (drained: Region | null) => {
    onlyPrimary(drained ?? primary);
    await put("Drain", drained === null ? 0 : 1);
  };
  return {
    publish,
    shadow: {
      publish: async (drained) => void (await put("Shadow", drained ? 1 : 0)),
      async drained() {
        const state = await alarmOf("Shadow");
        return state === "ALARM" ? true : state === "OK" ? false : null;
      },
    },
    async carryOut(order) {
      if (order.kind === "capacity") return scale(options, order.region, order.want);
      onlyPrimary(order.region);
      await publish(order.drained ? order.region : null);
      return (await alarmOf("Drain")) === (order.drained ? "ALARM" : "OK");
    },
  };
}

async function scale(options: LeverOptions, region: Region, want: "normal" | "full"): Promise<boolean> {
  const planned = capacity[region]?.[want];
  if (planned === undefined)
    throw new BadInput(`Cannot scale ${region}: expected ${Object.keys(capacity).join(" or ")}`);
  const host = serviceName("ecs", region);
  const read = async (body?: unknown) => parse("tasks", Counts, await api(options, host, "/tasks", body));
  let counts = await read();
  if (counts.desired !== planned) counts = await read({ desired: planned });
  return counts.running === planned;
}

/** Only the home region has a drain: with it undrained and well, Route 53 never asks for the standby. */
function onlyPrimary(region: Region): void {
  if (region !== primary) throw new BadInput(`Cannot drain ${region}: the lever only turns ${primary} away`);
}

/** One call to a region's API: GET, or POST with a body. Throws when the answer is not a 200. */
const api = (options: LeverOptions, host: string, path: string, body?: unknown): Promise<unknown> =>
  within(options.timings.apiPatienceMs, null, (patience) => ask(options, host, path, body, patience));

async function ask(
  { nameServer, road, chance }: LeverOptions,
  host: string,
  path: string,
  body: unknown,
  patience: AbortSignal,
): Promise<unknown> {
  const { addresses } = await resolve(host, nameServer, Math.floor(chance() * 65_536), patience);
  const address = oneOf(chance, addresses);
  if (address === undefined) throw new Error(`Cannot call ${host}${path}: its name has no address`);
  const post = body === undefined ? {} : { method: "POST" as const, body: JSON.stringify(body) };
  const heard = await call({ to: road(address), host, path, ...post }, patience).catch((cause: unknown) => {
    throw new Error(`Cannot call ${host}${path}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  });
  if (heard.status !== 200)
    throw new Error(`Cannot call ${host}${path}: status ${heard.status}, ${heard.body}`);
  return JSON.parse(heard.body);
}
