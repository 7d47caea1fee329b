/** analyzer · pure. What a topology asks about, worked out once and not in every tick: where each target stands in
 *  its list, which targets make up a cell of the service × region matrix, and which count for a region's coverage. */
import { type Node, nodeOf, type Target, type Topology } from "../../store/records.ts";

/** Places are indices into the topology's list of targets. */
export type Questions = {
  ids: readonly string[];
  places: ReadonlyMap<string, number>;
  cells: readonly Cell[];
  /** By region: the places of all that is asked about it. */
  of: ReadonlyMap<string, readonly number[]>;
  /** By region: the places of its copies of the data, and of the workload's answers that show a certificate. */
  copies: ReadonlyMap<string, readonly number[]>;
  certificates: ReadonlyMap<string, readonly number[]>;
  /** Nodes that are asked to do their work: that a name has an address says nothing of launches. */
  proven: ReadonlySet<string>;
};
export type Cell = { service: string; region: string; node: Node; places: readonly number[] };

const worked = new WeakMap<Topology, Questions>();

export function questionsOf(topology: Topology): Questions {
  const known = worked.get(topology);
  if (known) return known;
  const of = new Map<string, number[]>();
  const copies = new Map<string, number[]>();
  const certificates = new Map<string, number[]>();
  const add = (places: Map<string, number[]>, region: string, place: number) =>
    places.set(region, [...(places.get(region) ?? []), place]);
  const cells = new Map<Node, Cell & { places: number[] }>();
  topology.targets.forEach((target, place) => {
    const { service, region, purpose } = target;
    if (purpose !== "control") add(of, region, place);
    if (purpose === "data") add(copies, region, place);
    if (purpose === "workload" && showsCertificate(target)) add(certificates, region, place);
    if (purpose !== "service" && purpose !== "workload") return;
    const node = nodeOf(service, region);
    const cell = cells.get(node);
    if (cell) cell.places.push(place);
    else cells.set(node, { service, region, node, places: [place] });
  });
  const ids = topology.targets.map((t) => t.id);
  const questions = {
    ids,
    places: new Map(ids.map((id, place) => [id, place])),
    cells: [...cells.values()],
    of,
    copies,
    certificates,
    proven: new Set(
      topology.targets
        .filter((t) => t.purpose === "service" && t.kind !== "dns")
        .map((t) => nodeOf(t.service, t.region)),
    ),
  };
  worked.set(topology, questions);
  return questions;
}

const showsCertificate = (target: Target) =>
  target.kind === "tls" || (target.kind === "http" && target.url.startsWith("https:"));
