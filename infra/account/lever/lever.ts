/** infra/account/lever · contract. What turns users away from the primary, and what it was last told: each kind keeps
 *  this, so that whoever pulls it need not know which one it is. */

export interface Lever {
  /** Tells the lever whether the primary is drained. Telling it again is harmless. Throws when it could not be told. */
  tell(drained: boolean): Promise<void>;
  /** What it is seen to hold, read back from where it works; null where that cannot be told yet. Throws when it could
   *  not be read. */
  holds(): Promise<boolean | null>;
}

/** The name that a workload's shadow goes by. */
export const shadowOf = (workload: string) => `${workload}-shadow`;

/** A lever's own safety rule forbids the move. Nobody but a person may set it aside, in the console or by hand. */
export class Refused extends Error {
  override name = "Refused";
}
