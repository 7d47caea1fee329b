/** probes · pure. What a name's answers usually look like, learned as they come, and how a new one differs. A finding
 *  is a remark, never a verdict: the name is up, yet something about it has changed. Each answer is compared with
 *  those before it, then learned. */
import type { Observation, Target } from "../store/records.ts";
import type { Expected } from "./prefixes.ts";

export type Remark = {
  kind:
    | "answers-shrank"
    | "answers-changed"
    | "ttl-rose"
    | "ttl-fell"
    | "latency-shift"
    | "outside-prefixes"
    | "resolvers-disagree"
    | "delegation-differs";
  target: string;
  /** In words, with the numbers. */
  says: string;
};

type Answer = { addresses: string[]; ttlSeconds: number | null; latencyMs: number; authoritative: boolean };
/** The last answers of one target, oldest first. */
export type Baseline = readonly Answer[];

export const habits = {
  answersKept: 60, // half an hour at one round every 30 s: long enough to see a pool go round
  answersToJudge: 10, // fewer than that are no habit
  shrankTo: 0.5, // share of the usual number of addresses that is left
  changedShare: 0.5, // share of addresses never seen before, where the name's own churn is less
  churnFactor: 2, // a name that changes by itself must change this much more than it does
  ttlFactor: 2,
  slowSpreads: 6, // robust standard deviations above the median; noise of the usual kind never gets there
  slowFloorMs: 5, // no less than that counts, however steady the name is
  slowInARow: 3, // one slow answer is weather
};

const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

function answerOf({ verdict, latencyMs, facts }: Observation): Answer | null {
  if (verdict !== "up" || latencyMs === null || !Array.isArray(facts.addresses)) return null;
  return {
    addresses: facts.addresses,
    ttlSeconds: typeof facts.ttlSeconds === "number" ? facts.ttlSeconds : null,
    latencyMs,
    authoritative: Array.isArray(facts.flags) && facts.flags.includes("aa"),
  };
}

/** The baseline with one more answer; only answers of a name that is up teach anything. */
export function learn(baseline: Baseline, seen: Observation): Baseline {
  const answer = answerOf(seen);
  return answer ? [...baseline, answer].slice(-habits.answersKept) : baseline;
}

/** How an answer differs from those before it. */
export function compare(baseline: Baseline, seen: Observation): Remark[] {
  const answer = answerOf(seen);
  if (!answer || baseline.length < habits.answersToJudge) return [];
  return [shrank(baseline, answer), changed(baseline, answer), ttl(baseline, answer), slow(baseline, answer)]
    .filter((remark) => remark !== null)
    .map((remark) => ({ ...remark, target: seen.target }));
}

type Said = Pick<Remark, "kind" | "says"> | null;

function shrank(baseline: Baseline, { addresses }: Answer): Said {
  const usual = median(baseline.map((before) => before.addresses.length));
  if (addresses.length > usual * habits.shrankTo || addresses.length >= usual) return null;
  return { kind: "answers-shrank", says: `${addresses.length} addresses where ${usual} are usual` };
}

/** Shares of each answer's addresses that none before it had. */
function novelties(baseline: Baseline): number[] {
  const seen = new Set<string>();
  return baseline.map(({ addresses }) => {
    const fresh = addresses.filter((address) => !seen.has(address));
    for (const address of fresh) seen.add(address);
    return addresses.length ? fresh.length / addresses.length : 0;
  });
}

function changed(baseline: Baseline, answer: Answer): Said {
  const shares = novelties([...baseline, answer]);
  const now = shares.at(-1) ?? 0;
  const settled = shares.slice(habits.answersToJudge >> 1, -1); // the first answers are all new by nature
  const churn = Math.max(...settled, 0);
  if (now < habits.changedShare || now < churn * habits.churnFactor) return null;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return {
    kind: "answers-changed",
    says: `${percent(now)} of the addresses were never seen before; up to ${percent(churn)} is usual`,
  };
}

/** A resolver counts a TTL down, so only a rise tells that the record was changed; an authority's own TTL may fall too. */
function ttl(baseline: Baseline, { ttlSeconds, authoritative }: Answer): Said {
  const before = baseline.flatMap((one) => one.ttlSeconds ?? []);
  if (ttlSeconds === null || before.length === 0) return null;
  const most = Math.max(...before);
  const least = Math.min(...before);
  if (ttlSeconds > most * habits.ttlFactor) {
    return { kind: "ttl-rose", says: `TTL ${ttlSeconds} s where at most ${most} s is usual` };
  }
  if (authoritative && baseline.every((one) => one.authoritative) && ttlSeconds * habits.ttlFactor < least) {
    return { kind: "ttl-fell", says: `TTL ${ttlSeconds} s where at least ${least} s is usual` };
  }
  return null;
}

function slow(baseline: Baseline, answer: Answer): Said {
  const run = [...baseline.slice(1 - habits.slowInARow), answer].map((one) => one.latencyMs);
  const usual = baseline.slice(0, 1 - habits.slowInARow).map((one) => one.latencyMs);
  const middle = median(usual);
  const spread = 1.4826 * median(usual.map((value) => Math.abs(value - middle))); // MAD, on a normal's scale
  const most = middle + Math.max(habits.slowSpreads * spread, habits.slowFloorMs);
  if (run.some((value) => value <= most)) return null;
  const says = `${habits.slowInARow} answers in a row took over ${most.toFixed(1)} ms, where ${middle.toFixed(1)} ms is usual`;
  return { kind: "latency-shift", says };
}

/** Addresses of an answer that the provider does not announce for that region. */
export function outside(seen: Observation, expected: Expected): Remark[] {
  const addresses = answerOf(seen)?.addresses ?? [];
  const strange = addresses.filter((address) => !expected(address, seen.region));
  if (strange.length === 0) return [];
  return [
    {
      kind: "outside-prefixes",
      target: seen.target,
      says: `${strange.join(", ")} not among the expected prefixes`,
    },
  ];
}

/** Where resolvers asked side by side do not tell the same: one has addresses and another has not, or no two of their
 *  answers share a single address. What could not be asked says nothing. */
export function disagreements(targets: readonly Target[], observations: readonly Observation[]): Remark[] {
  const heard = targets.flatMap((target, i) => {
    const seen = observations[i];
    if (target.kind !== "dns" || !seen || seen.verdict === "unknown" || seen.reason === "timeout") return [];
    const facts = Array.isArray(seen.facts.addresses) ? seen.facts.addresses : [];
    return [
      {
        question: `${target.name} ${target.type}`,
        target,
        seen,
        addresses: seen.verdict === "up" ? facts : [],
      },
    ];
  });
  return [...Map.groupBy(heard, ({ question }) => question)].flatMap(([question, ones]): Remark[] => {
    const without = ones.filter(({ addresses }) => addresses.length === 0);
    const withSome = ones.filter(({ addresses }) => addresses.length > 0);
    const name = (all: typeof ones) => all.map(({ target }) => target.resolver ?? "the usual one").join(", ");
    const [first] = ones;
    if (!first) return [];
    const remark = (says: string): Remark[] => [
      { kind: "resolvers-disagree", target: first.target.id, says },
    ];
    if (without.length > 0 && withSome.length > 0) {
      const reasons = [...new Set(without.map(({ seen }) => seen.reason))].join(", ");
      return remark(`${question}: ${reasons} from ${name(without)}, addresses from ${name(withSome)}`);
    }
    const apart =
      withSome.length > 1 &&
      withSome.every((one) =>
        withSome.every((other) => one === other || disjoint(one.addresses, other.addresses)),
      );
    return apart ? remark(`${question}: no address in common between ${name(withSome)}`) : [];
  });
}

const disjoint = (some: string[], others: string[]) => !some.some((address) => others.includes(address));
