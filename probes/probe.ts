/** probes · the map. Which probe asks which kind of target. */
import type { Target } from "../store/records.ts";
import { dns } from "./dns.ts";
import type { Edge } from "./edge.ts";
import type { Finding } from "./finding.ts";
import { health } from "./health.ts";
import { http } from "./http.ts";
import { lag } from "./lag.ts";
import { tasks } from "./tasks.ts";
import { tcp } from "./tcp.ts";

/** Asks one target once. Rejects only when `signal` was aborted by someone who wants the end, or on a fault of ours. */
export function probe(target: Target, edge: Edge, signal: AbortSignal): Promise<Finding> {
  switch (target.kind) {
    case "dns":
      return dns(target, edge, signal);
    case "http":
      return http(target, edge, signal);
    case "tcp":
    case "tls":
      return tcp(target, edge, signal);
    case "aws":
      if (target.purpose === "data") return lag(target, edge, signal);
      return target.url.startsWith("aws:") ? health(target, edge, signal) : tasks(target, edge, signal);
  }
}
