/** tests · bench. Ours, alone in its process: whole rounds over real sockets, each reply read, judged and written down. */
import { nodeEdge } from "../../../probes/edge/node.ts";
import { round } from "../../../probes/round.ts";
import type { Target } from "../../../store/records.ts";
import { namesOf, timed } from "./load.ts";

const [resolver = "", count = "", rounds = ""] = process.argv.slice(2);
const edge = nodeEdge({ resolver });
const about = { service: "bench", region: "us-east-1", purpose: "service", kind: "dns", type: "A" } as const;
const targets = namesOf(Number(count)).map((name): Target => ({ ...about, id: name, name }));
const vantage = { id: "bench", region: "us-east-1" };
await timed(targets.length, Number(rounds), async () => {
  const { observations } = await round({ vantage, targets, edge, timeoutMs: 20_000 });
  return observations.filter((o) => o.verdict === "up").length;
});
