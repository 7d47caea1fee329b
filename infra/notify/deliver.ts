/** infra/notify · effects. Tells each channel what it has not been told, side by side and within a time; what a channel
 *  does not take stays on the board for the next turn. */
import type { Board, Incident } from "../../store/records.ts";
import type { Channel, Message } from "./channel.ts";

export type DeliverOptions = {
  workload: string;
  channels: readonly Channel[];
  /** For all of them together. */
  withinMs: number;
  now: () => number;
};

/** What became of it, for the board. */
export type Delivered = Pick<Board, "told" | "failing">;

/** Told in one turn to one channel at most; the rest comes with the next one. */
const messagesMax = 20;

/** Never rejects. */
export async function deliver(board: Board, options: DeliverOptions): Promise<Delivered> {
  const { channels, withinMs, now } = options;
  const signal = AbortSignal.timeout(withinMs);
  const outcomes = await Promise.all(
    channels.map(async (channel) => {
      const told = { ...board.told[channel.name] };
      try {
        for (const message of pending(board, channel.name, options.workload)) {
          await inTime(channel.send(message, signal), signal);
          told[message.incident.id] = message.incident.edition;
        }
        return { name: channel.name, told, failing: null };
      } catch (error) {
        const since = board.failing[channel.name]?.since ?? now();
        return { name: channel.name, told, failing: { since, why: (error as Error).message } };
      }
    }),
  );
  return {
    told: Object.fromEntries(outcomes.map((o) => [o.name, o.told])),
    failing: Object.fromEntries(outcomes.flatMap((o) => (o.failing ? [[o.name, o.failing]] : []))),
  };
}

/** What a channel has not taken yet, oldest change first; of an incident only how it stands now. */
export function pending({ incidents, told }: Board, channel: string, workload: string): Message[] {
  const taken = told[channel] ?? {};
  return incidents
    .filter((i) => i.edition > (taken[i.id] ?? 0))
    .filter((i) => !(i.kind === "channel" && i.about === channel)) // it knows, once it hears again
    .sort((a, b) => a.changedAt - b.changedAt)
    .slice(0, messagesMax)
    .map((incident) => ({ workload, event: eventOf(incident, taken[incident.id]), incident }));
}

function eventOf(incident: Incident, taken: number | undefined): Message["event"] {
  if (incident.resolvedAt !== null) return "resolved";
  return taken === undefined ? "opened" : "changed";
}

/** A channel that heeds no signal must not hold up the others' turn. */
async function inTime(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  sending.catch(() => undefined);
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error("no answer in time"));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
  late.catch(() => undefined);
  await Promise.race([sending, late]);
}
