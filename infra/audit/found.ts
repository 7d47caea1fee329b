/** infra/audit · pure. What AWS's APIs told, as far as it is looked at. What could not be read says why, and is never taken
 *  for missing. */
import type { HealthCheckConfig, ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Region } from "../../store/records.ts";

/** Told, or why not. */
export type Told<T> = { told: T } | { why: string };

/** What the checkers say of an endpoint: how many of them, and how many find it well. */
export type Seen = { healthy: number; of: number };

export type Walk = {
  name: string;
  /** Synthetics' own words: RUNNING, STOPPED, ERROR; null when there is no such canary. */
  state: string | null;
  stateReason: string | null;
  /** The newest run that has ended, epoch ms; null when none is told. */
  last: { state: string; reason: string | null; at: number } | null;
};

export type Found = {
  /** Records of the workload's name, of every kind. */
  records: Told<readonly ResourceRecordSet[]>;
  /** The checks that these records name, and the children of those, by id. */
  checks: Told<ReadonlyMap<string, HealthCheckConfig>>;
  /** By check, of those that ask an endpoint. */
  seen: ReadonlyMap<string, Told<Seen>>;
  walks: ReadonlyMap<Region, Told<readonly Walk[]>>;
  /** By region that takes users; none where there is no name that leads to them. */
  doors: ReadonlyMap<Region, Doors>;
};

/** DNS names, in small letters and without a last dot; null when there is none. */
export type Doors = {
  /** The load balancer that the program makes. */
  made: Told<string | null>;
  /** Where the region's own name leads. */
  named: Told<string | null>;
};

/** As names are compared: an alias may lead to a load balancer's addresses of both kinds. */
export const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^dualstack\./, "");

export const why = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
