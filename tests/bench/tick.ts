/** tests · bench. How a tick's time and memory grow with what is watched and from how many places: `npm run bench -- tick`.
 *  The first read unpacks a whole window of rounds; later ones a sixteenth of it, as the rest is kept as read.
 *  Each cell is a process of its own, so that its peak of memory is its own. Processor time, user and system. */
import { spawnSync } from "node:child_process";
import { cpuUsage, memoryUsage, resourceUsage } from "node:process";
import { parseRules } from "../../analyzer/mod.ts";
import { tick } from "../../analyzer/tick.ts";
import { oddities } from "../../infra/oddities.ts";
import { decode, encode } from "../../store/dynamodb/body.ts";
import { memory } from "../../store/memory.ts";
import { type Observation, Round, type Target, type Topology } from "../../store/records.ts";

const targetCounts = [10, 100, 1_000, 10_000];
const vantageCounts = [1, 3, 20];
const cadenceMs = 10_000;
const windowRounds = 16; // what a tick of the default rules looks back at
const start = Date.UTC(2026, 0, 1);

type Cell = {
  targets: number;
  vantages: number;
  readMs: number;
  tickMs: number;
  itemKb: number;
  peakMb: number;
};

export function tickBench(): void {
  console.log("targets  vantages  first read ms  tick ms  item kB  peak MB");
  for (const targets of targetCounts) {
    for (const vantages of vantageCounts) {
      const { stdout, stderr, status, signal } = spawnSync(
        process.execPath,
        ["--max-old-space-size=6144", import.meta.filename, "cell", String(targets), String(vantages)],
        { encoding: "utf8" },
      );
      const head = `${String(targets).padStart(7)}  ${String(vantages).padStart(8)}`;
      if (status !== 0) {
        console.log(
          `${head}  did not end: ${signal ?? stderr.split("\n").find((l) => /error|FATAL/i.test(l))}`,
        );
        continue;
      }
      const { readMs, tickMs, itemKb, peakMb } = JSON.parse(stdout) as Cell;
      const figure = (n: number, width: number) => n.toFixed(n < 10 ? 1 : 0).padStart(width);
      console.log(
        `${head}  ${figure(readMs, 13)}  ${figure(tickMs, 7)}  ${figure(itemKb, 7)}  ${figure(peakMb, 7)}`,
      );
    }
  }
}

/** One vantage point for each, in regions of their own; a tenth of the targets are the workload's. */
function house(targets: number, vantages: number): Topology {
  const place = (i: number) => `eu-place-${i + 1}`;
  const regions = ["us-east-1", "us-west-2"];
  const asked = (i: number): Target => {
    const region = regions[i % 2] ?? "us-east-1";
    const id = `t${i}@${region}`;
    if (i % 10 === 0)
      return {
        id,
        kind: "http",
        purpose: "workload",
        service: "app",
        region,
        url: `https://${i}.example.com/`,
      };
    const service = `service-${i % 200}`;
    return { id, kind: "dns", purpose: "service", service, region, name: `${i}.example.com`, type: "A" };
  };
  return {
    workload: { name: "app.example.com", url: "https://app.example.com/" },
    regions: [
      { region: "us-east-1", role: "primary", capacity: null },
      { region: "us-west-2", role: "standby", capacity: null },
      ...Array.from({ length: vantages }, (_, i) => ({
        region: place(i),
        role: "witness" as const,
        capacity: null,
      })),
    ],
    vantages: Array.from({ length: vantages }, (_, i) => ({ id: place(i), region: place(i) })),
    targets: Array.from({ length: targets }, (_, i) => asked(i)),
  };
}

function roundOf(topology: Topology, vantage: string, at: number): Round {
  const observations = topology.targets.map(
    ({ id, kind, purpose, service, region }, i): Observation => ({
      at: at + (i % 900),
      vantage,
      target: id,
      kind,
      purpose,
      service,
      region,
      latencyMs: 10 + ((i * 37 + at / cadenceMs) % 29),
      facts: {
        rcode: "NOERROR",
        addresses: [`192.0.2.${i % 250}`, `198.51.100.${(i * 7 + at / cadenceMs) % 250}`],
        ttl: (i * 13 + at / cadenceMs) % 60,
        phases: { dns: 4.25, total: 14.5 },
      },
      verdict: "up",
      reason: null,
    }),
  );
  return { vantage, vantageRegion: vantage, at, tookMs: 900, blind: false, observations };
}

async function cell(targets: number, vantages: number): Promise<Cell> {
  const topology = house(targets, vantages);
  const rules = parseRules({});
  const store = memory({ checked: false });
  const odd = oddities();
  let now = start;
  const speak = async () => {
    now += cadenceMs;
    for (const { id } of topology.vantages) await store.addRound(roundOf(topology, id, now));
    await store.forget(now - windowRounds * cadenceMs);
  };
  const world = {
    store,
    topology,
    rules,
    now: () => now,
    odd,
    traffic: { carryOut: async () => true, publish: async () => {} },
  };
  for (let i = 0; i < windowRounds; i++) await speak();
  const kept = encode(await roundOf(topology, topology.vantages[0]?.id ?? "", now));
  const item = { body: kept };
  let before = await tick(world, null);
  const turns = targets * vantages > 20_000 ? 3 : 12;
  let spent = 0;
  for (let i = 0; i < turns; i++) {
    await speak();
    const began = cpuUsage();
    before = await tick(world, before);
    const { user, system } = cpuUsage(began);
    spent += user + system;
  }
  const began = cpuUsage();
  const reads = Math.max(1, Math.min(20, Math.round(20_000 / targets)));
  for (let i = 0; i < reads; i++) decode("a round", Round, item);
  const { user, system } = cpuUsage(began);
  return {
    targets,
    vantages,
    readMs: ((user + system) / 1000 / reads) * windowRounds * vantages,
    tickMs: spent / 1000 / turns,
    itemKb: kept.B.length / 1024,
    peakMb: Math.max(resourceUsage().maxRSS / 1024, memoryUsage().rss / 2 ** 20),
  };
}

if (import.meta.main && process.argv[2] === "cell") {
  console.log(JSON.stringify(await cell(Number(process.argv[3]), Number(process.argv[4]))));
}
