/** tests · bench. Whole rounds at the size of a large estate: what they take when a third of the name servers is dead,
 *  and whether memory and sockets stay level over many of 10,000 names. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { nodeEdge } from "../../probes/edge/node.ts";
import { round } from "../../probes/round.ts";
import type { Observation, Target } from "../../store/records.ts";
import { type NameServer, nameServer } from "../probes/nameserver.ts";

const vantage = { id: "bench", region: "us-east-1" };
const about = { service: "bench", region: "us-east-1", purpose: "service", kind: "dns", type: "A" } as const;
const asking = (count: number, resolver: string): Target[] =>
  Array.from({ length: count }, (_, i) => {
    const name = `n${i}.wild.example.test`;
    return { ...about, id: `${name} via ${resolver}`, name, resolver };
  });

export async function rounds(): Promise<void> {
  const servers = await Promise.all([nameServer(), nameServer()]);
  const dead = createSocket("udp4").bind(0, "127.0.0.1"); // hears, and says nothing
  await once(dead, "listening");
  dead.on("message", () => undefined);
  try {
    await aThirdDead(servers, `127.0.0.1:${dead.address().port}`);
    await large(servers[0]);
  } finally {
    dead.close();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function aThirdDead(servers: NameServer[], dead: string): Promise<void> {
  const [timeoutMs, budgetMs] = [3_000, 8_000];
  const resolvers = [dead, ...servers.map(({ resolver }) => resolver)]; // the dead one first, where it could hold up the rest
  const targets = resolvers.flatMap((resolver) => asking(1_000, resolver));
  console.log(
    `1,000 names × 3 name servers, the first one dead; ${timeoutMs} ms for each question, ${budgetMs} ms for the round`,
  );
  const { tookMs, observations, sockets } = await watched(() =>
    round({ vantage, targets, edge: nodeEdge(), timeoutMs, budgetMs }),
  );
  for (const [i, resolver] of resolvers.entries()) {
    const those = observations.filter(({ target }) => target.endsWith(` via ${resolver}`));
    console.log(`  ${i === 0 ? "dead " : "alive"}  ${counts(those)}`);
  }
  console.log(`  took ${tookMs.toFixed(0)} ms; ${sockets} sockets at most`);
}

async function large({ resolver }: NameServer): Promise<void> {
  const [count, times] = [10_000, 40];
  const edge = nodeEdge();
  const targets = asking(count, resolver);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  console.log(`10,000 names, ${times} rounds; MB in use are counted after the garbage is collected`);
  for (let i = 1; i <= times; i++) {
    const { tookMs, observations, sockets, cpuUs } = await watched(() =>
      round({ vantage, targets, edge, timeoutMs: 20_000 }),
    );
    if (i > 1 && i % 10 > 0) continue;
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    console.log(
      `  round ${String(i).padStart(2)}: ${counts(observations)}; took ${tookMs.toFixed(0)} ms; ${sockets} sockets at most; ${(cpuUs / count).toFixed(1)} µs of processor time a question; ${(heapUsed / 1e6).toFixed(0)} MB in use, ${(rss / 1e6).toFixed(0)} MB held`,
    );
  }
}

/** UDP sockets that are open: the dead server's is one of them. */
const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind.includes("UDP")).length;

/** A round, the most sockets that were open in it, and its processor time in µs. */
async function watched(go: () => ReturnType<typeof round>) {
  let sockets = 0;
  const watching = setInterval(() => {
    sockets = Math.max(sockets, openSockets() - 1);
  }, 1);
  const before = process.cpuUsage();
  const heard = await go();
  const spent = process.cpuUsage(before);
  clearInterval(watching);
  return { ...heard, sockets, cpuUs: spent.user + spent.system };
}

const counts = (observations: Observation[]): string =>
  [...Map.groupBy(observations, ({ verdict, reason }) => reason ?? verdict)]
    .map(([what, those]) => `${those.length.toLocaleString("en")} ${what}`)
    .join(", ");
