/** dashboard · contract. What the dashboard may break and mend where the world is only a local one. In an account
 *  there is no playground, and the buttons and routes are not there. */
import type { Region } from "../store/records.ts";

/** A way to break the world, and what it does, in words. */
export type FaultKind = { name: string; says: string; takesService: boolean };

/** Something that is broken on purpose right now. */
export type Fault = { fault: string; region: Region; service?: string; since: number };

export interface Playground {
  readonly menu: readonly FaultKind[];
  readonly regions: readonly Region[];
  readonly services: readonly string[];
  /** Where to ask: `host:port` of the name server, and the workload's name. */
  readonly nameServer: string;
  faults(): Fault[];
  /** Throws `BadInput`, naming what there is, for an unknown fault, region or service. Breaking what is broken changes nothing. */
  break(fault: { fault: string; region: string; service?: string }): Promise<void>;
  mend(): Promise<void>;
}
