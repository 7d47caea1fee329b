/** infra/audit · pure. What an audit says, in the lines that readiness is made of: met, not met, or not known and why. */
import type { Region, RuleLine } from "../../store/records.ts";
import { facts } from "../route53.ts";
import { lastWalk, stopped } from "./canaries.ts";
import { doorCheck, wrongChecks } from "./checks.ts";
import { doorsOf } from "./doors.ts";
import type { Found } from "./found.ts";
import { pairOf, wrongRecords } from "./records.ts";
import type { Wanted } from "./wanted.ts";

/** `now`: epoch ms. */
export function auditLines(wanted: Wanted, found: Found, now: number): RuleLine[] {
  return [...(wanted.domain ? ofRoute53(wanted, wanted.domain.name, found) : []), ...ofCanaries(found, now)];
}

function ofRoute53(wanted: Wanted, name: string, { records, checks, seen, doors }: Found): RuleLine[] {
  const asMade = { id: "records", says: `The records of ${name} are what the program made` };
  const led = { id: "doors", says: "They lead to the load balancers that it made, or was told of" };
  const obeyed = { id: "checks", says: "The health checks that they obey are what the program made" };
  const unknown = (line: { id: string; says: string }, why: string): RuleLine => ({
    ...line,
    met: null,
    value: `unknown: ${why}`,
  });
  if ("why" in records) return [asMade, led, obeyed].map((line) => unknown(line, records.why));
  const pair = pairOf(records.told);
  const behind = doorsOf(pair, doors, wanted);
  const lines = [
    lineOf(asMade, wrongRecords(records.told, wanted), "as made"),
    lineOf(led, behind.wrong, "as made", behind.unknown),
  ];
  if ("why" in checks) return [...lines, unknown(obeyed, checks.why)];
  lines.push(lineOf(obeyed, wrongChecks(pair, checks.told, wanted), "as made"));
  for (const [region, record] of [
    [wanted.primary, pair.PRIMARY],
    [wanted.standby, pair.SECONDARY],
  ] as const) {
    const id = doorCheck(record, checks.told);
    const line = { id: `door-${region}`, says: `Route 53's checkers find ${region}'s door well` };
    const heard = id === null ? undefined : seen.get(id);
    if (!heard || "why" in heard) lines.push(unknown(line, heard ? heard.why : "no check asks it"));
    else if (heard.told.of === 0) lines.push(unknown(line, "no checker has told anything yet"));
    else {
      const { healthy, of } = heard.told;
      lines.push({ ...line, met: healthy > facts.healthyShare * of, value: `${healthy} of ${of} checkers` });
    }
  }
  return lines;
}

function ofCanaries({ walks }: Found, now: number): RuleLine[] {
  const there = { id: "canaries", says: "Every canary is there and walks" };
  const well = { id: "canary-runs", says: "Every canary's last walk passed" };
  const known = [...walks].flatMap(([region, heard]): [Region, typeof heard][] => [[region, heard]]);
  const silent = known.flatMap(([region, heard]) => ("why" in heard ? [`${region}: ${heard.why}`] : []));
  const told = known.flatMap(([region, heard]) => ("told" in heard ? [[region, heard.told] as const] : []));
  const count = told.reduce((sum, [, all]) => sum + all.length, 0);
  const still = told.flatMap(([region, all]) => stopped(region, all));
  const last = told.flatMap(([region, all]) =>
    all.map((walk) => [walk.name, region, lastWalk(region, walk, now)] as const),
  );
  const failed = last.flatMap(([, , said]) => (said === null || said === "passed" ? [] : [said]));
  const unheard = last.flatMap(([name, region, said]) =>
    said === null ? [`nothing is told of ${name} in ${region} of late`] : [],
  );
  return [
    lineOf(there, still, `${count} walk`, silent),
    lineOf(well, failed, `${count} passed`, [...silent, ...unheard]),
  ];
}

/** What is wrong is wrong whatever else could not be read; with nothing wrong, what could not be read is not well. */
function lineOf(
  line: { id: string; says: string },
  wrong: readonly string[],
  well: string,
  unknown: readonly string[] = [],
): RuleLine {
  if (wrong.length > 0) return { ...line, met: false, value: wrong.join("; ") };
  if (unknown.length > 0) return { ...line, met: null, value: `unknown: ${unknown.join("; ")}` };
  return { ...line, met: true, value: well };
}
