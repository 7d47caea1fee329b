/** infra/simulated · pure. Every kind of trouble a simulated day may hold: what it does to the stage and to those who
 *  watch it, how often it comes, and how long it lasts. docs/simulator.md prints this table. */
import { type Chance, oneOf } from "../local/chance.ts";
import type { Stage } from "./stage.ts";

export const primary = "us-east-1";
export const standby = "us-west-2";
export const vantages = [primary, standby, "eu-west-1"];
const minute = 60_000;

/** Instants in ms from the start of the history; `untilMs` is the first at which it is over. `amount`: how much of it,
 *  in the kind's own measure. */
export type Incident = {
  kind: Kind;
  where: string;
  fromMs: number;
  untilMs: number;
  amount: number;
};

/** What goes wrong with the monitor itself. Shares are of its ticks. */
export type Monitor = {
  dead: boolean;
  /** Two tick at once. */
  twice: boolean;
  /** The schedule fires again at once. */
  doubled: boolean;
  lostShare: number;
  crashShare: number;
  /** Reads give what was there a tick ago. */
  stale: boolean;
};
export const wellMonitor: Monitor = {
  dead: false,
  twice: false,
  doubled: false,
  lostShare: 0,
  crashShare: 0,
  stale: false,
};

/** What an incident can touch, and what the worst moment is told by. */
export type Trouble = {
  stage: Stage;
  monitor: Monitor;
  incident: Incident;
  /** Ms since it began. */
  forMs: number;
  /** Whether the lever has been pulled, or users are being brought home, since it began. */
  left: boolean;
  returning: boolean;
};

type Character = {
  /** What happens, for people. */
  says: string;
  /** How often it comes, next to the others. */
  weight: number;
  /** `long`: minutes to hours, short ones being commoner. */
  lasts: "long" | "blip" | "minutes";
  where: (draw: Chance) => string;
  amount?: (draw: Chance) => number;
  /** While it is on, nobody can be expected to move users: `always`, or only where it is not the primary's own. */
  inTheWay?: "always" | "outside";
  /** Users of the primary are hurt by it. */
  hurts?: true;
  /** A vantage point is not itself. At most one of them is so at a time, as promised for one only. */
  ofVantage?: true;
  set: (trouble: Trouble) => void;
};

const here = () => primary;
const there = () => standby;
const anyVantage = (draw: Chance) => oneOf(draw, vantages) ?? "";
const monitor = () => "the monitor";
const lose = ({ stage }: Trouble) => void stage.wrong.set(`app@${primary}`, "timeout");
const services = ["dynamodb", "s3", "sts", "lambda"];
const allServices = ["dynamodb", "ec2", "ecs", "elb", "lambda", "rds", "s3", "sts"];

const table = {
  // ---- users are hurt ----
  loss: { hurts: true, says: "the primary answers nobody", weight: 4, lasts: "long", where: here, set: lose },
  "region-loss": {
    hurts: true,
    says: "the whole primary region is gone: workload, AWS names, and the vantage point in it",
    weight: 1,
    lasts: "long",
    where: here,
    set: (t) => {
      lose(t);
      for (const service of allServices) t.stage.wrong.set(`${service}@${primary}`, "servfail");
      t.stage.silent.add(primary);
    },
  },
  hollow: {
    hurts: true,
    says: "the primary fails every request but its health check's",
    weight: 2,
    lasts: "long",
    where: here,
    set: ({ stage }) => void stage.wrong.set(`app@${primary}`, "hollow"),
  },
  grey: {
    hurts: true,
    says: "the primary loses a third of its requests",
    weight: 2,
    lasts: "long",
    where: here,
    set: ({ stage }) => void stage.wrong.set(`app@${primary}`, "grey"),
  },
  slow: {
    hurts: true,
    says: "the primary answers after a minute",
    weight: 1,
    lasts: "long",
    where: here,
    set: ({ stage }) => void stage.wrong.set(`app@${primary}`, "slow"),
  },
  drift: {
    hurts: true,
    says: "the primary's answers take longer and longer, up to 15 s",
    weight: 1,
    lasts: "long",
    where: here,
    set: ({ stage, incident, forMs }) => {
      const grown = forMs / (incident.untilMs - incident.fromMs);
      stage.slowMs.set(`app@${primary}`, Math.max(20, Math.round(15_000 * grown)));
    },
  },
  blip: {
    hurts: true,
    says: "the primary is gone for a moment",
    weight: 2,
    lasts: "blip",
    where: here,
    set: lose,
  },
  flap: {
    hurts: true,
    says: "the primary is gone every other while",
    weight: 1,
    lasts: "long",
    where: here,
    amount: (draw) => (1 + Math.floor(draw() * 4)) * minute,
    set: (t) => {
      if (Math.floor(t.forMs / t.incident.amount) % 2 === 0) lose(t);
    },
  },
  zonal: {
    hurts: true,
    says: "a zone of the primary fails: a third of requests for 40 s, until load balancers leave it; then fewer tasks",
    weight: 1,
    lasts: "long",
    where: here,
    set: ({ stage, forMs }) => {
      if (forMs < 40_000) stage.wrong.set(`app@${primary}`, "grey");
      stage.tasks.set(primary, 3);
    },
  },
  // ---- the worst moment ----
  feint: {
    hurts: true,
    says: "the primary is gone until the lever is pulled, and well from then on",
    weight: 1,
    lasts: "long",
    where: here,
    set: (t) => {
      if (!t.left) lose(t);
    },
  },
  ambush: {
    hurts: true,
    says: "the primary is gone, and the standby too once users are sent there",
    weight: 1,
    lasts: "minutes",
    where: here,
    set: (t) => {
      lose(t);
      if (t.left) t.stage.wrong.set(`app@${standby}`, "timeout");
    },
  },
  relapse: {
    hurts: true,
    says: "the primary fails again whenever users are being brought home",
    weight: 1,
    lasts: "long",
    where: here,
    set: (t) => {
      if (t.returning) lose(t);
    },
  },
  // ---- elsewhere ----
  "standby-loss": {
    says: "the standby answers nobody",
    weight: 2,
    lasts: "long",
    where: there,
    inTheWay: "always",
    set: ({ stage }) => void stage.wrong.set(`app@${standby}`, "timeout"),
  },
  service: {
    says: "an AWS name has no address; users are fine",
    weight: 2,
    lasts: "long",
    where: (draw) => `${oneOf(draw, services)}@${oneOf(draw, [primary, standby])}`,
    set: ({ stage, incident }) => void stage.wrong.set(incident.where, "nodata"),
  },
  // ---- a vantage point is not itself ----
  blind: {
    says: "a vantage point's uplink is gone",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    inTheWay: "outside",
    ofVantage: true,
    set: ({ stage, incident }) => void stage.blind.add(incident.where),
  },
  silent: {
    says: "a vantage point is not heard",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    inTheWay: "outside",
    ofVantage: true,
    set: ({ stage, incident }) => void stage.silent.add(incident.where),
  },
  lying: {
    says: "a vantage point says that the primary's users get nothing",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    ofVantage: true,
    set: ({ stage, incident }) => void stage.lying.add(incident.where),
  },
  soothing: {
    says: "a vantage point says that all is well, whatever is",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    inTheWay: "outside",
    ofVantage: true,
    set: ({ stage, incident }) => void stage.soothing.add(incident.where),
  },
  partition: {
    says: "a vantage point alone cannot reach one region",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    amount: (draw) => Math.floor(draw() * 2),
    inTheWay: "outside",
    ofVantage: true,
    set: ({ stage, incident }) =>
      void stage.cutOff.set(incident.where, incident.amount === 0 ? primary : standby),
  },
  sluggish: {
    says: "a vantage point is so busy that every answer comes late, its controls' too",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    inTheWay: "outside",
    ofVantage: true,
    set: ({ stage, incident }) => void stage.sluggish.add(incident.where),
  },
  garbled: {
    says: "a vantage point's rounds arrive as something that is none",
    weight: 1,
    lasts: "long",
    where: anyVantage,
    inTheWay: "outside",
    ofVantage: true,
    set: ({ stage, incident }) => void stage.garbled.add(incident.where),
  },
  skewed: {
    says: "a clock is up to 5 s off: a vantage point's, or the analyzer's",
    weight: 2,
    lasts: "long",
    where: (draw) => oneOf(draw, [...vantages, "analyzer"]) ?? "",
    amount: (draw) => Math.round((draw() * 2 - 1) * 5_000),
    set: ({ stage, incident }) => void stage.skewMs.set(incident.where, incident.amount),
  },
  // ---- the means to move ----
  "lever-broken": {
    says: "the write that moves users fails",
    weight: 1,
    lasts: "long",
    where: here,
    inTheWay: "always",
    set: ({ stage }) => {
      stage.leverBroken = true;
    },
  },
  "lever-mute": {
    says: "the write that moves users takes effect, and is reported as failed",
    weight: 1,
    lasts: "long",
    where: here,
    set: ({ stage }) => {
      stage.leverMute = true;
    },
  },
  "no-capacity": {
    says: "tasks asked for do not come",
    weight: 1,
    lasts: "long",
    where: there,
    inTheWay: "always",
    set: ({ stage }) => {
      stage.capacityComes = false;
    },
  },
  "late-capacity": {
    says: "tasks asked for come up to ten minutes late",
    weight: 1,
    lasts: "long",
    where: there,
    inTheWay: "always",
    amount: (draw) => Math.round(draw() * 10 * minute),
    set: ({ stage, incident }) => {
      stage.capacityLateMs = incident.amount;
    },
  },
  lag: {
    says: "the standby's copy of the data is one to eleven minutes behind",
    weight: 1,
    lasts: "long",
    where: there,
    inTheWay: "always",
    amount: (draw) => Math.round((1.1 + draw() * 10) * minute),
    set: ({ stage, incident }) => void stage.lagMs.set(standby, incident.amount),
  },
  // ---- the monitor ----
  "monitor-dead": {
    says: "nobody ticks",
    weight: 1,
    lasts: "long",
    where: monitor,
    inTheWay: "always",
    set: (t) => {
      t.monitor.dead = true;
    },
  },
  "monitor-crash": {
    says: "half of the ticks die, each at another call, before or after it took effect",
    weight: 2,
    lasts: "long",
    where: monitor,
    inTheWay: "always",
    set: (t) => {
      t.monitor.crashShare = 0.5;
    },
  },
  "two-monitors": {
    says: "two tick at once, one of them now and then slower",
    weight: 2,
    lasts: "long",
    where: monitor,
    set: (t) => {
      t.monitor.twice = true;
    },
  },
  "lost-schedules": {
    says: "half of the ticks do not come",
    weight: 1,
    lasts: "long",
    where: monitor,
    inTheWay: "always",
    set: (t) => {
      t.monitor.lostShare = 0.5;
    },
  },
  "doubled-schedules": {
    says: "every tick comes twice",
    weight: 1,
    lasts: "long",
    where: monitor,
    set: (t) => {
      t.monitor.doubled = true;
    },
  },
  "stale-reads": {
    says: "reads give what was there a tick ago",
    weight: 1,
    lasts: "long",
    where: monitor,
    set: (t) => {
      t.monitor.stale = true;
    },
  },
  held: {
    says: "a person holds every move, and releases it at the end",
    weight: 1,
    lasts: "minutes",
    where: () => "people",
    inTheWay: "always",
    set: () => {},
  },
  drill: {
    says: "a person asks for a move to the standby",
    weight: 0.5,
    lasts: "minutes",
    where: () => "people",
    set: () => {},
  },
} satisfies Record<string, Character>;

export type Kind = keyof typeof table;
export const kinds: Readonly<Record<Kind, Character>> = table;
