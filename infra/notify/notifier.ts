/** infra/notify · wiring. After each tick: what is wrong goes on the board, and the board is told to whoever has not heard
 *  it. The loop never waits for it; a turn finds the last one's telling still under way, and leaves it to that. */
import { chronicle, type IncidentRules, type Sight } from "../../analyzer/incidents.ts";
import type { Board } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { Channel } from "./channel.ts";
import { type Delivered, deliver } from "./deliver.ts";

export type NotifierOptions = {
  workload: string;
  channels: readonly Channel[];
  rules: IncidentRules;
  /** Where the board hangs. */
  store: Pick<Store, "board" | "pin">;
  now: () => number;
  /** What one telling of all channels may take. */
  withinMs: number;
  /** Told when a channel begins to fail, and when the board cannot be kept: then a restart may tell something again. */
  trouble: (what: string, error: unknown) => void;
};

export type Notifier = {
  /** Takes in what was seen, pins the board before anybody is told of it, and begins to tell. */
  see(sight: Sight): Promise<void>;
  /** Settles once what is under way has been told, or its time is up. */
  settled(): Promise<void>;
};

export function notifier(options: NotifierOptions): Notifier {
  const { channels, rules, store, trouble } = options;
  let board: Board | null | undefined; // undefined: not read yet
  let pinnedAt = 0;
  let telling: Promise<void> | null = null;

  const tell = async (pinned: Board) => {
    const heard = await deliver(pinned, options);
    if (!board) return;
    for (const [channel, { why }] of Object.entries(heard.failing))
      if (!(channel in board.failing)) trouble(`the channel ${channel}`, why);
    const after = withHeard(board, heard);
    const changed =
      JSON.stringify([after.told, after.failing]) !== JSON.stringify([board.told, board.failing]);
    board = after;
    if (changed) await store.pin(board).catch((error) => trouble("keep what was told", error));
  };

  return {
    async see(sight) {
      if (board === undefined) board = await store.board();
      const next = chronicle(board, sight, rules);
      if (board === null || newsOf(next) !== newsOf(board) || next.at - pinnedAt >= repinMs) {
        await store.pin(next);
        pinnedAt = next.at;
      }
      board = next;
      if (channels.length === 0 || telling) return;
      telling = tell(next).finally(() => {
        telling = null;
      });
    },
    async settled() {
      await telling;
    },
  };
}

/** A board without news is pinned again this often, so that a restart knows who was heard lately. */
const repinMs = 60_000;
const newsOf = ({ incidents, told, failing, since }: Board) =>
  JSON.stringify([incidents, told, failing, since]);

/** What was heard meanwhile, on the board of now; of incidents that are on it. */
function withHeard(board: Board, { told, failing }: Delivered): Board {
  const ids = new Set(board.incidents.map((i) => i.id));
  const known = Object.entries(told).map(([channel, editions]) => [
    channel,
    Object.fromEntries(Object.entries(editions).filter(([id]) => ids.has(id))),
  ]);
  return { ...board, told: Object.fromEntries(known), failing };
}
