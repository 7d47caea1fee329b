/** tests · infra/simulated. For each promise a loop in which one rule is switched off, and a history in which that shows.
 *  A simulator that finds nothing wrong with these would find nothing wrong with anything. */
import { assess } from "../../../analyzer/assess.ts";
import { step } from "../../../analyzer/failover.ts";
import type { Rules } from "../../../analyzer/rules.ts";
import type { Incident, Kind } from "../../../infra/simulated/kinds.ts";
import type { LifeOptions } from "../../../infra/simulated/life.ts";
import type { Assessment, Round } from "../../../store/records.ts";
import type { Store } from "../../../store/store.ts";

export type Case = {
  promise: number;
  without: string;
  mutant: NonNullable<LifeOptions["mutant"]>;
  incidents: readonly Incident[];
  rules?: Partial<Rules>;
  /** How long to watch; 4 when left out. */
  hours?: number;
};

const primary = "us-east-1";
const standby = "us-west-2";

/** In minutes from the start. */
export const happens = (kind: Kind, from: number, until: number, where = primary, amount = 0): Incident => ({
  kind,
  where,
  fromMs: from * 60_000,
  untilMs: until * 60_000,
  amount,
});

type Step = typeof step;
const mind = (change: { assess?: typeof assess; step?: Step }) => ({ mind: { assess, step, ...change } });
const seeing = (change: (a: Assessment) => Assessment) =>
  mind({ assess: (...args) => change(assess(...args)) });

const hollow = happens("hollow", 30, 120);

export const cases: readonly Case[] = [
  {
    promise: 1,
    without: "the rule that only the primary is ever drained",
    incidents: [happens("standby-loss", 30, 60, standby)],
    mutant: mind({
      step: (...args) => {
        const out = step(...args);
        const [, news] = args;
        const ill = news.assessment.regions.some((r) => r.region === standby && r.score === 0);
        const order = { id: `${out.standing.version}-drain`, at: news.assessment.at, kind: "drain" as const };
        return ill
          ? {
              ...out,
              orders: [...out.orders, { ...order, region: standby, drained: true, manner: "ungraceful" }],
            }
          : out;
      },
    }),
  },
  {
    promise: 2,
    without: "the rule that the standby must be fit",
    incidents: [happens("standby-loss", 20, 200, standby), hollow],
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) =>
        r.region === standby ? { ...r, score: 1, votes: r.votes.map((v) => ({ ...v, says: "fine" })) } : r,
      ),
    })),
  },
  {
    promise: 2,
    without: "the rule that the region being left is no witness for the standby",
    incidents: [happens("partition", 20, 200, "eu-west-1", 1), hollow],
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) =>
        r.region === standby ? { ...r, votes: r.votes.map((v) => ({ ...v, says: "fine" })) } : r,
      ),
    })),
  },
  {
    promise: 2,
    without: "the rule that the standby must be large enough",
    incidents: [happens("no-capacity", 20, 200, standby), hollow],
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) =>
        r.region === standby ? { ...r, capacity: { running: 4, desired: 4 } } : r,
      ),
    })),
  },
  {
    promise: 2,
    without: "the data gate",
    incidents: [happens("lag", 20, 200, standby, 300_000), hollow],
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) => (r.region === standby ? { ...r, lagMs: 0 } : r)),
    })),
  },
  {
    promise: 3,
    without: "the majority: one vantage point is enough",
    incidents: [happens("lying", 30, 90, "eu-west-1")],
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) =>
        r.votes.some((v) => v.says === "hurt")
          ? { ...r, score: 0, votes: r.votes.map((v) => ({ ...v, says: "hurt" })) }
          : r,
      ),
    })),
  },
  {
    promise: 3,
    without: "the difference between silence and trouble",
    incidents: [happens("silent", 30, 90, "eu-west-1")],
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) =>
        r.region === primary && r.votes.some((v) => v.says === "unknown")
          ? { ...r, score: 0, votes: r.votes.map((v) => ({ ...v, says: "hurt" })) }
          : r,
      ),
    })),
  },
  {
    promise: 4,
    without: "the one write: the standing is kept first, its orders in a second write",
    incidents: [happens("monitor-crash", 0, 1440, "the monitor"), ...everyOtherHour("hollow")],
    hours: 24,
    mutant: {
      store: (store) =>
        changed(store, {
          remember: async (change) => {
            const alone = await store.remember({ ...change, orders: [] });
            if (!alone || change.orders.length === 0) return alone;
            const version = change.standing.version + 1;
            return store.remember({
              ...change,
              from: version - 1,
              standing: { ...change.standing, version },
              decision: null,
              handled: [],
            });
          },
        }),
    },
  },
  {
    promise: 4,
    without: "the order of things: orders count as done before they are carried out",
    incidents: [happens("lever-broken", 20, 200), hollow],
    mutant: {
      store: (store) =>
        changed(store, {
          unconfirmed: async () => {
            const orders = await store.unconfirmed();
            for (const { id } of orders) await store.confirm(id);
            return orders;
          },
        }),
    },
  },
  {
    promise: 5,
    without: "the comparison of versions: the last to write wins",
    incidents: [happens("two-monitors", 10, 200, "the monitor"), hollow],
    mutant: {
      store: (store) =>
        changed(store, {
          remember: async (change) => {
            const from = (await store.standing())?.version ?? 0;
            await store.remember({ ...change, from, standing: { ...change.standing, version: from + 1 } });
            return true;
          },
        }),
    },
  },
  {
    promise: 6,
    without: "the memory of earlier moves",
    incidents: everyOtherHour("hollow"),
    hours: 24,
    rules: { failback: "automatic" },
    mutant: mind({ step: (before, ...rest) => step({ ...before, moves: [] }, ...rest) }),
  },
  {
    promise: 6,
    without: "the hold-down",
    incidents: [hollow],
    rules: { failback: "automatic", cooldownMs: 60_000 },
    mutant: mind({
      step: (before, ...rest) =>
        step({ ...before, wellSince: before.wellSince === null ? null : 0 }, ...rest),
    }),
  },
  {
    promise: 6,
    without: "the rule that one word against another is doubt, on the way home too",
    incidents: [happens("hollow", 30, 200), happens("soothing", 60, 200, standby)],
    rules: { failback: "automatic", prepareRisk: 0.5 }, // else what fails in the region keeps them too
    mutant: seeing((a) => ({
      ...a,
      regions: a.regions.map((r) =>
        r.region === primary && r.votes.some((v) => v.says === "fine")
          ? { ...r, votes: r.votes.map((v) => ({ ...v, says: "fine" })) }
          : r,
      ),
    })),
  },
  {
    promise: 7,
    without: "the rule that the region being left is not touched",
    incidents: [hollow],
    mutant: mind({
      step: (...args) => {
        const out = step(...args);
        const order = { id: `${out.standing.version}-shrink`, at: 0, kind: "capacity" as const };
        return out.standing.phase === "shifting"
          ? { ...out, orders: [...out.orders, { ...order, region: primary, want: "normal" as const }] }
          : out;
      },
    }),
  },
  {
    promise: 8,
    without: "the record of why users were moved",
    incidents: [hollow],
    mutant: mind({
      step: (...args) => {
        const out = step(...args);
        return out.standing.phase === "shifting" ? { ...out, decision: null } : out;
      },
    }),
  },
  {
    promise: 8,
    without: "the words for why nobody moves",
    incidents: [happens("standby-loss", 20, 200, standby), hollow],
    mutant: mind({ step: (...args) => ({ ...step(...args), why: "" }) }),
  },
  {
    promise: 9,
    without: "the check at the border: what is no round is taken for an empty one",
    incidents: [happens("garbled", 10, 60, "eu-west-1")],
    mutant: {
      border: (): Round => ({
        vantage: "eu-west-1",
        vantageRegion: "eu-west-1",
        at: 0,
        tookMs: 0,
        blind: false,
        observations: [],
      }),
    },
  },
  {
    promise: 9,
    without: "the line that says who cannot be heard",
    incidents: [happens("garbled", 10, 60, "eu-west-1")],
    mutant: seeing((a) => ({ ...a, blind: [] })),
  },
];

/** A store of which some calls are others. */
const changed = (store: Store, calls: Partial<Store>): Store => Object.assign(Object.create(store), calls);

function everyOtherHour(kind: Kind): Incident[] {
  return Array.from({ length: 12 }, (_, hour) => happens(kind, hour * 120 + 10, hour * 120 + 30));
}
