/** tests · scenarios. Reads a scenario: `#` says why it exists, commands change the stage, `tick N` lets N cadences
 *  pass, and what stands below `----` is what happened when it was last looked at. Recorded output is only as good
 *  as the eye that accepted it: run with RECORD=1, then read the diff. */

import { assess } from "../../analyzer/assess.ts";
import { step } from "../../analyzer/failover.ts";
import { theatre, topology, userRegion } from "../../infra/simulated/stage.ts";
import { memory } from "../../store/mod.ts";
import { parse, Request, Scope, type Topology } from "../../store/records.ts";

export type Beat = { commands: string[]; recorded: string[] };

/** Splits a scenario into beats: commands, then their recorded output. */
export function beats(text: string): { head: string[]; beats: Beat[] } {
  const head: string[] = [];
  const all: Beat[] = [];
  for (const block of text.trim().split(/\n\s*\n/)) {
    const lines = block.split("\n");
    if (lines.every((l) => l.startsWith("#"))) {
      head.push(...lines);
      continue;
    }
    const cut = lines.indexOf("----");
    all.push({
      commands: cut < 0 ? lines : lines.slice(0, cut),
      recorded: cut < 0 ? [] : lines.slice(cut + 1),
    });
  }
  return { head, beats: all };
}

/** Plays the beats and gives each with what really happened. */
export async function play(script: readonly Beat[]): Promise<Beat[]> {
  const opening = script[0]?.commands ?? [];
  const said = opening.find((line) => line.startsWith("rules "));
  const overrides = said ? (JSON.parse(said.slice(6)) as Record<string, never>) : {};
  const copies = opening.flatMap((line) => (line.startsWith("copy ") ? [line.split(/\s+/)[1] ?? ""] : []));
  const show: Show = {
    ...theatre(overrides, memory(), () => 0, houseWith(copies)),
    scope: null,
  };
  const played: Beat[] = [];
  for (const beat of script) {
    const happened: string[] = [];
    for (const line of beat.commands) happened.push(...(await perform(line, show)));
    played.push({ commands: beat.commands, recorded: happened });
  }
  return played;
}

type Show = ReturnType<typeof theatre> & { scope: Scope | null };

/** The stage's house with a copy of the data in some of its regions. */
export function houseWith(copies: readonly string[]): Topology {
  const house = topology();
  const data = copies.map((region) => {
    const url = "http://lag.example.test/";
    return {
      id: `data ${region}`,
      kind: "aws",
      service: "rds",
      region,
      purpose: "data",
      url,
    } as const;
  });
  return { ...house, targets: [...house.targets, ...data] };
}

async function perform(line: string, show: Show): Promise<string[]> {
  const [verb = "", ...words] = line.split("#")[0]?.trim().split(/\s+/) ?? [];
  const [first = "", second = ""] = words;
  const { stage } = show;
  switch (verb) {
    case "rules":
    case "copy": // copy us-west-2: it holds a copy of the data
      return [];
    case "lag": // lag us-west-2 400 ms | lag us-west-2 unknown
      if (second === "unknown") stage.lagMs.delete(first);
      else stage.lagMs.set(first, Number(second));
      return [];
    case "scope": // scope zonal us-east-1 power is lost in use1-az4 | scope as seen
      show.scope = first === "as" ? null : scopeOf(words);
      return [];
    case "break": // break app@us-east-1 timeout
      stage.wrong.set(first, second || "timeout");
      return [];
    case "mend":
      if (first) stage.wrong.delete(first);
      else {
        for (const broken of [stage.wrong, stage.blind, stage.silent, stage.lying, stage.sluggish])
          broken.clear();
        stage.cutOff.clear();
        stage.route53 = null;
        stage.leverBroken = false;
        stage.capacityComes = true;
      }
      return [];
    case "blind":
      stage.blind.add(first);
      return [];
    case "cut": // cut eu-west-1 us-west-2: it alone cannot reach that region
      stage.cutOff.set(first, second);
      return [];
    case "silence":
      stage.silent.add(first);
      return [];
    case "lie":
      stage.lying.add(first);
      return [];
    case "slow":
      stage.sluggish.add(first);
      return [];
    case "tasks": // tasks us-west-2 0
      stage.tasks.set(first, Number(second));
      return [];
    case "route53": // Route 53 answers this region by itself, or "follows" the lever
      stage.route53 = first === "follows" ? null : first;
      return [];
    case "lever": // lever broken | lever mended
      stage.leverBroken = first === "broken";
      return [];
    case "capacity": // capacity missing | capacity comes
      stage.capacityComes = first === "comes";
      return [];
    case "ask": // ask failback ana because the drill is over; after the kind: graceful, overrule=RULE, for=MINUTES, region=R
      await show.store.ask(request(words, show.now()));
      return [];
    case "tick":
      return ticks(Number(first), show);
    case "why": {
      const report = await show.store.lastReport();
      const lines = [...(report?.for ?? []), ...(report?.against ?? [])];
      return lines.map((l) => `${l.met === null ? "?" : l.met ? "yes" : "no "} ${l.says}: ${l.value}`);
    }
    default:
      throw new Error(`Cannot perform "${line}": no such command`);
  }
}

async function ticks(n: number, show: Show): Promise<string[]> {
  const lines: string[] = [];
  for (let i = 0; i < n; i++) {
    const before = (await show.store.decisions(1))[0]?.id;
    const { scope } = show;
    const ticked = await show.advance(
      scope === null ? undefined : { assess: (...heard) => ({ ...assess(...heard), scope }), step },
    );
    const newest = (await show.store.decisions(1))[0];
    const at = `${String(show.elapsedMs() / 1000).padStart(5)} s`;
    if (newest && newest.id !== before) {
      const orders = newest.orders.map((o) =>
        o.kind === "drain"
          ? `${o.drained ? "drain" : "undrain"} ${o.region}${o.drained && o.manner === "graceful" ? ", gracefully" : ""}`
          : `${o.want} size ${o.region}`,
      );
      const phase = newest.from === newest.to ? newest.to : `${newest.from} -> ${newest.to}`;
      lines.push(`${at}  ${phase}: ${newest.why}${orders.length ? ` [${orders.join(", ")}]` : ""}`);
    }
    for (const { what, why } of ticked.undone) lines.push(`${at}  could not ${what}: ${why}`);
  }
  const standing = await show.store.standing();
  const report = await show.store.lastReport();
  lines.push(`now: ${standing?.phase}, users in ${userRegion(show.stage)}. ${report?.why}`);
  const root = report?.assessment.cascade.root;
  if (root) lines.push(`root: ${root}`);
  return lines;
}

function request(words: string[], now: number): Request {
  const [kind = "", ...rest] = words;
  const options = rest.filter((word) => /^(graceful|ungraceful)$|=/.test(word));
  const [by = "", ...reason] = rest.filter((word) => !options.includes(word));
  const value = (name: string) => options.find((o) => o.startsWith(`${name}=`))?.slice(name.length + 1);
  const manner = options.find((o) => o.endsWith("graceful"));
  const [overrule, minutes, region, inMinutes] = ["overrule", "for", "region", "in"].map(value);
  const starts = now + Number(inMinutes ?? 0) * 60_000;
  return parse("request", Request, {
    id: `${kind}-${by}-${now}`,
    at: now,
    by,
    kind,
    reason: reason.join(" ") || "no reason given",
    ...(manner ? { manner } : {}),
    ...(overrule ? { overrule: [overrule] } : {}),
    ...(inMinutes ? { starts } : {}),
    ...(minutes ? { ends: starts + Number(minutes) * 60_000 } : {}),
    ...(region ? { region } : {}),
  });
}

function scopeOf([kind, where, ...evidence]: string[]): Scope {
  const region = where === undefined || where === "everywhere" ? null : where;
  return parse("scope", Scope, { kind, region, evidence: [evidence.join(" ")] });
}

export const write = (head: readonly string[], played: readonly Beat[]): string =>
  `${[head.join("\n"), ...played.map((b) => [...b.commands, "----", ...b.recorded].join("\n"))].join("\n\n")}\n`;
