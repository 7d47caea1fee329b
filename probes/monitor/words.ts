/** probes · monitor · pure. One observation in plain words and as a line of JSON. */
import type { Observation, Target } from "../../store/records.ts";
import type { Remark } from "../baseline.ts";

/** What was asked for, as a person would type it. */
export function askedFor(target: Target): string {
  switch (target.kind) {
    case "dns":
      return target.name;
    case "tcp":
    case "tls":
      return `${target.host}:${target.port}`;
    default:
      return target.url;
  }
}

export const ms = (value: number | null) =>
  value === null ? "-" : `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Ms to the microsecond: no clock of ours is better. */
const toUs = (valueMs: number) => Math.round(valueMs * 1000) / 1000;

/** What came back, in a few words; control characters that a server may have sent are shown, not obeyed. */
export function answerOf(seen: Observation): string {
  const { facts } = seen;
  const parts: string[] = [];
  if (Array.isArray(facts.chain) && facts.chain.length > 0) parts.push(`-> ${facts.chain.at(-1)}`);
  if (typeof facts.running === "number") parts.push(`${facts.running} of ${facts.desired} tasks`);
  if (typeof facts.counts === "string") {
    parts.push(`${facts.healthy} healthy, ${facts.unhealthy} unhealthy, ${facts.unknown} unknown`);
  }
  for (const more of [facts.unmet, facts.unhealthyNames, facts.troubles]) {
    if (Array.isArray(more) && more[0] !== undefined) parts.push(more[0]);
  }
  if (typeof facts.status === "number") parts.push(`status ${facts.status}`);
  if (typeof facts.daysLeft === "number") parts.push(`certificate ${facts.daysLeft} days`);
  if (Array.isArray(facts.addresses) && facts.addresses.length > 0) parts.push(facts.addresses.join(" "));
  if (typeof facts.edeCode === "number")
    parts.push(`(EDE ${facts.edeCode} ${facts.edeText})`.replace(" )", ")"));
  if (typeof facts.detail === "string" && /^(tls|malformed)/.test(seen.reason ?? ""))
    parts.push(facts.detail);
  return printable(parts.join(" "));
}

/** Text that cannot move the cursor: control and direction characters become a dot. */
export const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "·");

/** One line a program can read. `facts` is what the probe saw besides the verdict, `remarks` what is unusual in it,
 *  `was` what the target was in the round before, where it was something else. */
export function jsonLine(
  target: Target,
  seen: Observation,
  remarks: readonly Remark[],
  was: string | null,
): string {
  return JSON.stringify({
    at: new Date(seen.at).toISOString(),
    vantage: seen.vantage,
    target: seen.target,
    kind: seen.kind,
    service: seen.service,
    region: seen.region,
    name: askedFor(target),
    type: target.kind === "dns" ? target.type : null,
    resolver: target.resolver ?? null,
    verdict: seen.verdict,
    reason: seen.reason,
    was,
    latencyMs: seen.latencyMs === null ? null : toUs(seen.latencyMs),
    facts: seen.facts,
    remarks: remarks.map(({ kind, says }) => ({ kind, says })),
  });
}

export const remarkLine = ({ target, kind, says }: Remark) =>
  printable(`noticed ${kind} at ${target}: ${says}`);

/** A round in one sentence, and who is not well. */
export function summary(observations: readonly Observation[], from: string): string {
  const count = (verdict: Observation["verdict"]) => observations.filter((o) => o.verdict === verdict).length;
  const all = observations.length;
  const head = `${count("up")} of ${all} up, ${count("down")} down, ${count("unknown")} unknown, as seen from ${from}.`;
  const slowest = Math.max(...observations.map((o) => (o.verdict === "up" ? (o.latencyMs ?? 0) : 0)));
  const byReason = Map.groupBy(
    observations.filter((o) => o.verdict !== "up"),
    (o) => `${o.verdict} (${o.reason})`,
  );
  const troubles = [...byReason].map(([what, ones]) => {
    const nodes = [...new Set(ones.map((o) => `${o.service}@${o.region}`))];
    const named = nodes.slice(0, 3).join(", ");
    return `${nodes.length > 3 ? `${named} and ${nodes.length - 3} more` : named} ${what}`;
  });
  if (troubles.length > 0) return `${head} ${printable(troubles.join("; "))}.`;
  return `${head} The slowest answer took ${ms(slowest)}.`;
}
