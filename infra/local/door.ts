/** infra/local · effects. A region's gates, open or shut together. Says what should be so; a wish that comes while
 *  another is being carried out is carried out after it. */
import { setTimeout as pause } from "node:timers/promises";
import { type Gate, shut } from "./ground.ts";
import { listenTcp } from "./listening.ts";

const againMs = 100; // a port that another program has borrowed meanwhile is tried again
const triesMax = 50;

export type Door = {
  /** Settles when it is so. */
  want(open: boolean): Promise<void>;
};

export function doorOf(gates: readonly Gate[]): Door {
  let wanted = true;
  let is = true;
  let work: Promise<void> = Promise.resolve();
  const settle = async () => {
    if (is === wanted) return;
    const open = wanted;
    await Promise.all(gates.map(open ? reopen : shut));
    is = open;
  };
  return {
    want(open) {
      wanted = open;
      work = work.then(settle, settle);
      return work;
    },
  };
}

async function reopen({ server, at }: Gate): Promise<void> {
  for (let tries = 1; !server.listening; tries++) {
    try {
      await listenTcp(server, at.host, at.port, "--app-port");
    } catch (error) {
      if (tries === triesMax) throw error;
      await pause(againMs);
    }
  }
}
