/** analyzer · pure. What is wrong right now, one line for each thing that people would count as one: a root with all that
 *  falls with it, not each of its victims. */
import {
  type Assessment,
  type Board,
  type Decision,
  type Incident,
  type Order,
  type Readiness,
  type Region,
  type RuleLine,
  regionOf,
  rootIsInferred,
  rootIsOver,
  type Standing,
  type Topology,
  type Window,
} from "../../store/records.ts";
import { healthOf, quorum } from "../argue.ts";
import { openWindows, windowSays } from "../failover/windows.ts";
import { meaning } from "../phases.ts";
import { span } from "../spans.ts";

/** Something wrong. `over`: whether it is known to be over; null while that cannot be told. */
export type Wrong = Pick<Incident, "kind" | "about" | "region" | "severity" | "title" | "lines" | "nodes">;

/** All that one analyzer sees at one instant. A place that only listens for others has no assessment. */
export type Sight = {
  now: number;
  looked: {
    assessment: Assessment;
    standing: Standing;
    decision: Decision | null;
    readiness: Readiness | null;
    topology: Topology;
  } | null;
  /** What could not be done this time, and orders not yet seen to be true. */
  undone: readonly { what: string; why: string }[];
  unconfirmed: readonly Order[];
  /** By region: when its analyzer last beat, epoch ms; null when that could not be read now. */
  beats: Readonly<Record<Region, number | null>>;
};

/** The patience with what is about Holdfast itself; what is about users was weighed by rounds already. */
export type Patience = {
  /** A vantage point that sees nothing, a channel that takes nothing, an act that does not succeed. */
  faultMs: number;
  /** An order that nobody sees carried out, a standby that could not take over. */
  unconfirmedMs: number;
  /** An analyzer that was not heard. */
  silentMs: number;
};

export function wrongs(sight: Sight, board: Board, patience: Patience): Wrong[] {
  return [
    ...(sight.looked ? lookedAt(sight.looked, sight.now) : []),
    ...stuck(sight, patience),
    ...silences(sight, board, patience),
    ...Object.entries(board.failing).map(
      ([channel, { why }]): Wrong => ({
        ...about("channel", channel, "warning"),
        title: `The channel ${channel} takes no messages`,
        lines: [why],
      }),
    ),
  ];
}

function lookedAt(looked: NonNullable<Sight["looked"]>, now: number): Wrong[] {
  const windows = openWindows(looked.standing.windows, now);
  const found = troubles(looked);
  return [...found, ...unready(looked, found), ...blindness(looked)].map((wrong) =>
    milder(wrong, windows, now),
  );
}

/** What is wrong in a region that people work on is one step less grave, as long as they do: somebody knows. A move is
 *  as grave as ever, as none is made meanwhile. */
function milder(wrong: Wrong, windows: readonly Window[], now: number): Wrong {
  const { kind, region, severity, lines } = wrong;
  const open = windows.find((w) => w.region === null || w.region === region);
  if (!open || kind === "move") return wrong;
  return {
    ...wrong,
    severity: severity === "critical" ? "warning" : "info",
    lines: [...lines, `Maintenance ${windowSays(open, now)}`],
  };
}

const about = (
  kind: Incident["kind"],
  what: string,
  severity: Incident["severity"],
  region: Region | null = null,
) => ({
  kind,
  about: what,
  severity,
  region,
  nodes: [] as string[],
});

// ---- users and what they stand on ------------------------------------------------------------------------

/** Each root with its victims, users who are hurt, and users who were moved: at most one for each root, and none for a
 *  region's users where a root in their region says it already. */
function troubles({ assessment, standing, decision, topology }: NonNullable<Sight["looked"]>): Wrong[] {
  const { cascade } = assessment;
  const hurt = topology.regions
    .filter(({ region, role }) => role !== "witness" && quorum(healthOf(assessment, region)).hurt)
    .map((r) => r.region);
  const found = roots(assessment).map(({ root, victims }): Wrong => {
    const [service, region] = split(root);
    const hurtHere = hurt.includes(region);
    const evidence = root === cascade.root ? cascade.evidence : [];
    const isOver = root === cascade.root && rootIsOver(assessment);
    const isInferred = root === cascade.root && rootIsInferred(assessment);
    const fails = isOver
      ? "is well again, and not all that it took down"
      : isInferred
        ? "seems to fail"
        : "fails";
    const next = root === cascade.root ? cascade.next.map((n) => split(n.node)[0]) : [];
    return {
      ...about("trouble", root, hurtHere ? "critical" : "warning", regionOrNull(region)),
      nodes: [root, ...victims],
      title: hurtHere
        ? `Users in ${region} are hurt: ${service} ${fails}`
        : isOver
          ? `${service} in ${region} ${fails}`
          : `${service} ${fails} in ${region}`,
      lines: [
        ...evidence,
        ...(victims.length ? [`Fell with it: ${victims.map((v) => split(v)[0]).join(", ")}`] : []),
        ...(next.length ? [`May fall next: ${[...new Set(next)].join(", ")}`] : []),
        ...(hurtHere ? [seenBy(assessment, region)] : []),
      ],
    };
  });
  for (const region of hurt) {
    if (found.some((w) => w.region === region)) continue;
    found.push({
      ...about("trouble", region, "critical", region),
      nodes: [`app@${region}`],
      title: `Users in ${region} are hurt`,
      lines: [seenBy(assessment, region)],
    });
  }
  const primary = regionOf(topology, "primary");
  const step = standing.held?.phase ?? standing.phase;
  if (!["home", "doubting", "preparing"].includes(step)) {
    const lines = [meaning[standing.phase], ...(decision ? [decision.why] : [])];
    found.push({
      ...about("move", primary, "warning", primary),
      title: `Users of ${primary} are moved to ${regionOf(topology, "standby")}`,
      lines,
    });
  }
  return found;
}

/** What fell because of nothing else that fell, each with what fell because of it. */
function roots({ cascade }: Assessment): { root: string; victims: string[] }[] {
  const because = new Map(cascade.fallen.map((f) => [f.node, f.because]));
  for (const { node, because: root } of cascade.suppressed) if (because.has(node)) because.set(node, root);
  const origin = (node: string): string => {
    const seen = new Set<string>(); // a circle has no origin but itself
    let at = node;
    for (let up = because.get(at); up && !seen.has(up); up = because.get(at)) {
      seen.add(up);
      at = up;
    }
    return at;
  };
  const byRoot = new Map<string, string[]>(cascade.root ? [[cascade.root, []]] : []);
  for (const { node } of cascade.fallen) {
    const root = origin(node);
    const victims = byRoot.get(root) ?? [];
    if (node !== root) victims.push(node);
    byRoot.set(root, victims);
  }
  return [...byRoot].map(([root, victims]) => ({ root, victims }));
}

function seenBy(assessment: Assessment, region: Region): string {
  const { hurtCount, of } = quorum(healthOf(assessment, region));
  return `Seen by ${hurtCount} of ${of} vantage points outside ${region}`;
}

export const split = (node: string): [service: string, region: string] => {
  const at = node.lastIndexOf("@");
  return [node.slice(0, at), node.slice(at + 1)];
};
const regionOrNull = (region: string): Region | null => (region === "global" ? null : region);

// ---- Holdfast itself -------------------------------------------------------------------------------------

/** What a move would miss the day it is wanted, while all is well and nobody looks: a quota, a certificate, data that lags, a
 *  lever that does not follow. That the standby fails, and whether anybody sees or holds moves, is told as what it is. */
function unready(
  { readiness, standing, topology }: NonNullable<Sight["looked"]>,
  besides: readonly Wrong[],
): Wrong[] {
  const to = regionOf(topology, "standby");
  const missing = ownLines(readiness).filter((l) => l.met === false);
  if (standing.phase !== "home" || missing.length === 0 || besides.some((w) => w.region === to)) return [];
  return [
    {
      ...about("standby", to, "warning", to),
      title: `${to} could not take over`,
      lines: missing.map(({ says, value }) => `Not so: ${says} (${value})`),
    },
  ];
}

const toldElsewhere = ["fit", "watchers", "free", "budget"];

/** The lines of readiness that no other incident tells. */
export const ownLines = (readiness: Readiness | null): RuleLine[] =>
  (readiness?.lines ?? []).filter((l) => !toldElsewhere.includes(l.id));

const blindness = ({ assessment: { blind }, topology }: NonNullable<Sight["looked"]>): Wrong[] =>
  blind.map(({ vantage, why }) => ({
    ...about("vantage", vantage, "warning", topology.vantages.find((v) => v.id === vantage)?.region ?? null),
    title: `The vantage point ${vantage} sees nothing`,
    lines: [why, "What it says counts neither for nor against any region"],
  }));

/** What does not succeed, whether it says why or is only never seen to be so. */
function stuck({ undone, unconfirmed, now }: Sight, { unconfirmedMs }: Patience): Wrong[] {
  const said = undone.map(
    ({ what, why }): Wrong => ({
      ...about("hands", what, what.includes("lever") || what.startsWith("drain") ? "critical" : "warning"),
      title: `Cannot ${what}`,
      lines: [why, "It is tried again each tick"],
    }),
  );
  const waiting = unconfirmed
    .filter((order) => now - order.at >= unconfirmedMs)
    .map((order): Wrong => {
      const what = `${order.kind} ${order.region}`;
      return {
        ...about("hands", what, order.kind === "drain" ? "critical" : "warning", order.region),
        title: `Ordered and not seen to be so: ${what}`,
        lines: [`Ordered more than ${span(unconfirmedMs)} ago`, "It is tried again each tick"],
      };
    });
  return [...said, ...waiting.filter((w) => !said.some((s) => s.about === w.about))];
}

/** The dead man's switch: each listens for the others, and silence is told by who hears it. What cannot be read is
 *  silence too: it makes no difference to those who count on being watched. */
const silences = ({ now }: Sight, { heard }: Board, { silentMs }: Patience): Wrong[] =>
  Object.entries(heard)
    .filter(([, at]) => now - at > silentMs)
    .map(([region, at]) => ({
      ...about("silence", region, "critical", region),
      title: `Nobody hears the analyzer in ${region}`,
      lines: [
        `Last heard ${new Date(at).toISOString()}`,
        "Traffic stays where it is; Route 53's own health checks go on",
      ],
    }));
