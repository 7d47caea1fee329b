/** infra · wiring. All region stacks, one after another, in an order in which a failure on the way leaves users where they
 *  are. What was done stays done: the same command again goes on from there. */
import type { Role } from "../../store/records.ts";
import { ours } from "../aws/names.ts";
import type { Placed } from "./stacks.ts";

/** How many resources were or would be made, changed, taken away, left. */
export type Changes = Partial<Record<"create" | "update" | "delete" | "replace" | "same", number>>;

/** What works on one stack. Each rejects with what went wrong. */
export interface Hands {
  preview(stack: string): Promise<Changes>;
  up(stack: string): Promise<{ changes: Changes; outputs: Record<string, unknown> }>;
  destroy(stack: string): Promise<Changes>;
  /** A setting of a stack; null when it is not set. */
  told(stack: string, key: string): Promise<string | null>;
  tell(stack: string, key: string, value: string): Promise<void>;
  forget(stack: string, key: string): Promise<void>;
}
export type Outcome = {
  stack: string;
  role: string;
  changes: Changes | null;
  seconds: number;
  error: string | null;
};
export type Options = {
  hands: Hands;
  /** Progress for people, a line each. */
  say: (line: string) => void;
  /** Epoch ms. */
  now: () => number;
};

const drainCheck = "holdfast:drainCheck";
const primaryBalancer = "holdfast:primaryBalancer";

/** What would change, in every stack: one that fails hinders no other, as nothing is touched. */
export async function preview(stacks: readonly Placed[], options: Options): Promise<Outcome[]> {
  const { hands } = options;
  return inTurn(stacks, "would change", options, ({ stack }) => hands.preview(stack), "go on");
}

/** The standby first, the witness, the primary last; between them the primary is told what drains it. The standby once
 *  more where it has now been told whose counts are the users' voice. Stops at the first failure. */
export async function deploy(stacks: readonly Placed[], options: Options): Promise<Outcome[]> {
  const { hands, say } = options;
  const of = (role: Role) => stacks.find(({ settings }) => settings.role === role);
  const [primary, standby] = [of("primary"), of("standby")];
  /** Gives whether it was news. */
  const tell = async (
    to: Placed | undefined,
    key: string,
    value: unknown,
    what: string,
  ): Promise<boolean> => {
    if (!to || typeof value !== "string" || (await hands.told(to.stack, key)) === value) return false;
    await hands.tell(to.stack, key, value);
    say(`      ${to.stack} is told ${what}, ${value}`);
    return true;
  };
  let news = false;
  const up = async ({ stack, settings }: Placed): Promise<Changes> => {
    const { changes, outputs } = await hands.up(stack);
    for (const line of missing(outputs)) say(`      left out: ${line}`);
    if (settings.role === "standby") await tell(primary, drainCheck, outputs.drainCheck, "its drain check");
    if (settings.role === "primary")
      news = await tell(standby, primaryBalancer, outputs.balancer, "the primary's load balancer");
    if (settings.role === "primary" && typeof outputs.balancer !== "string")
      news = await takeBack(standby, primaryBalancer, stack, options);
    return changes;
  };
  const outcomes = await inTurn(stacks, "deployed", options, up);
  if (!news || !standby || outcomes.some(({ error }) => error !== null)) return outcomes;
  say("Once more, so that the analyzer hears the primary's users where they are now:");
  return [...outcomes, ...(await inTurn([standby], "deployed", options, up))];
}

/** The primary first, as its record leans on the lever; the lever's own region last. Then nothing is left of what stacks
 *  were told of each other. */
export async function destroy(stacks: readonly Placed[], options: Options): Promise<Outcome[]> {
  const work = ({ stack }: Placed) => options.hands.destroy(stack);
  const outcomes = await inTurn([...stacks].reverse(), "taken down", options, work);
  if (outcomes.some(({ error }) => error !== null)) return outcomes;
  const of = (role: Role) => stacks.find(({ settings }) => settings.role === role);
  const [primary, standby] = [of("primary"), of("standby")];
  await takeBack(primary, drainCheck, standby?.stack ?? "the standby", options);
  await takeBack(standby, primaryBalancer, primary?.stack ?? "the primary", options);
  return outcomes;
}

/** Takes back what a stack was told of `from`, and gives whether it was; a load balancer that no stack of ours made was told
 *  by a person, and stays. */
async function takeBack(
  to: Placed | undefined,
  key: typeof drainCheck | typeof primaryBalancer,
  from: string,
  { hands, say }: Options,
): Promise<boolean> {
  const value = to && (await hands.told(to.stack, key));
  if (!to || !value) return false;
  if (key === primaryBalancer && !value.startsWith(`app/${ours(to.settings.workload)}/`)) return false;
  await hands.forget(to.stack, key);
  say(`      ${to.stack} is no longer told ${key}, ${value}, which ${from} has no more`);
  return true;
}

async function inTurn(
  stacks: readonly Placed[],
  done: string,
  { say, now }: Options,
  work: (placed: Placed) => Promise<Changes>,
  onFailure: "stop" | "go on" = "stop",
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [i, placed] of stacks.entries()) {
    const { stack, settings } = placed;
    const began = now();
    say(`${i + 1}/${stacks.length}   ${stack} (${settings.role}) ...`);
    const tell = (changes: Changes | null, error: string | null) => {
      const seconds = Math.round((now() - began) / 1000);
      outcomes.push({ stack, role: settings.role, changes, seconds, error });
      return seconds;
    };
    try {
      const changes = await work(placed);
      say(`      ${done} in ${tell(changes, null)} s: ${inWords(changes)}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      say(`      failed after ${tell(null, why)} s: ${why}`);
      if (onFailure === "stop") break;
    }
  }
  return outcomes;
}

const words = {
  create: "made",
  update: "changed",
  replace: "replaced",
  delete: "taken away",
  same: "as before",
};

export function inWords(changes: Changes): string {
  const parts = Object.entries(words).flatMap(([key, word]) => {
    const count = changes[key as keyof Changes] ?? 0;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return parts.join(", ") || "nothing to do";
}

const missing = (outputs: Record<string, unknown>): string[] =>
  Array.isArray(outputs.missing) ? outputs.missing.map(String) : [];
