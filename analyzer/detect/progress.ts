/** analyzer · the rim. How far a long reading has come, on one line of a terminal that the next thing said takes away. */
import type { Writable } from "node:stream";

export type Terminal = Writable & { isTTY?: boolean; columns?: number };

export interface Progress {
  /** Called for every row; says something twice a second at most, and nothing of what is read at once. */
  at(rows: number, alerts: number): void;
  /** Takes the line away, so that something can be said. */
  clear(): void;
}

/** Often enough to be seen moving. */
const everyMs = 500;
/** Rows between two looks at the clock. */
const rowsALook = 256;

/** `share` gives how much of the input was read, 0 to 1; null when nobody knows how long it is. Silent where `to` is no
 *  terminal. */
export function progress(
  name: string,
  share: () => number | null,
  to: Terminal,
  now: () => number = Date.now,
): Progress {
  let saidMs = now();
  let shown = false;
  return {
    at(rows, alerts) {
      if (!to.isTTY || rows % rowsALook !== 0 || now() - saidMs < everyMs) return;
      saidMs = now();
      const part = share();
      const counted = `${rows.toLocaleString("en")} rows, ${alerts} alerts`;
      const line = `${name}: ${part === null ? "" : `${Math.floor(part * 100)} %, `}${counted}`;
      to.write(`\r\u001b[K${line.slice(-((to.columns ?? 80) - 1))}`);
      shown = true;
    },
    clear() {
      if (shown) to.write("\r\u001b[K");
      shown = false;
    },
  };
}
