/** analyzer · contract. The hands of the loop: the lever and the standby's capacity. Each world brings its own. */
import type { Order, Region } from "../store/records.ts";

export interface Traffic {
  /** Works towards an order; true once it is seen to be so. Repeating one is harmless. Throws when it can't be
   *  tried; the tick goes on and tries again. */
  carryOut(order: Order): Promise<boolean>;
  /** Says again which region is drained, every tick, so that the lever's alarm always has a fresh point. */
  publish(drained: Region | null): Promise<void>;
  /** Left out where a world has none; then nobody knows whether the lever works until it is pulled. */
  shadow?: Shadow;
}

/** A second lever beside the real one, over the same road, that moves nobody. The loop tells it one thing and then the
 *  other, and looks whether it follows. */
export interface Shadow {
  publish(drained: boolean): Promise<void>;
  /** Whether it is seen drained; null when that cannot be told yet. */
  drained(): Promise<boolean | null>;
}
