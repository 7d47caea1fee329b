/** infra/account · wiring. The prober: asks every target each beat, and keeps what it heard in its own region. */
import { withAws } from "../../probes/aws/mod.ts";
import { guarded } from "../../probes/edge/guarded.ts";
import { nodeEdge } from "../../probes/edge/node.ts";
import type { Edge } from "../../probes/edge.ts";
import { round } from "../../probes/round.ts";
import { addRound, dynamodb, type Table } from "../../store/dynamodb.ts";
import { regionOf } from "../../store/records.ts";
import type { Reach } from "./calls.ts";
import { Deadline } from "./deadline.ts";
import type { Environment } from "./environment.ts";
import { listener } from "./listener.ts";
import { linesOf, shownOf } from "./metrics/mod.ts";
import { tableIn } from "./places.ts";
import { type Entry, tell, write } from "./run.ts";

export type ProberOptions = { reach?: Reach; now?: () => number; wait?: Entry["wait"] };

const keepMs = 3_000; // of each beat, to write down what was heard
const graceMs = 1_000; // a round may outlive its questions by this much

export function proberEntry(told: Environment<"prober">, options: ProberOptions = {}): Entry {
  const { reach = {}, now = Date.now, wait } = options;
  const deadline = new Deadline();
  const { HOLDFAST_TOPOLOGY: topology, HOLDFAST_REGION: region, HOLDFAST_RULES: rules } = told;
  const vantage = { id: told.HOLDFAST_VANTAGE, region };
  const table = tableIn(region, told.HOLDFAST_ROUNDS_TABLE, reach, deadline);
  const edge = edgeOf(told, reach, now);
  const keptIn = (state: Table) => dynamodb({ state, rounds: new Map(), now });
  const listen = listener({
    told,
    analyzer: keptIn(tableIn(regionOf(topology, "standby"), told.HOLDFAST_LISTEN, reach, deadline)),
    own: keptIn(table),
    reach,
    now,
    trouble: (what, error) => tell("prober", "undone", { what, error: String(error) }),
  });
  const askMs = rules.cadenceMs - keepMs - graceMs;
  return {
    name: "prober",
    everyMs: rules.cadenceMs,
    claims: { table, name: `prober ${vantage.id}` },
    beatMs: rules.cadenceMs - 100,
    deadline,
    now,
    ...(wait ? { wait } : {}),
    async work({ signal }) {
      const heard = await round({
        vantage,
        targets: topology.targets,
        edge,
        timeoutMs: Math.min(told.HOLDFAST_TIMEOUT_MS, askMs),
        budgetMs: askMs,
        signal,
      });
      await addRound(table, heard);
      for (const line of linesOf(shownOf(heard))) write(line);
      await listen();
    },
  };
}

/** The network as this prober may use it, and AWS's own word where a target asks for it. */
function edgeOf(
  { HOLDFAST_RESOLVER: resolver, HOLDFAST_ALLOW: allow }: Environment<"prober">,
  reach: Reach,
  now: () => number,
): Edge {
  const wire = nodeEdge(resolver === "system" ? {} : { resolver });
  return withAws({ ...guarded(wire, allow), now }, reach);
}
