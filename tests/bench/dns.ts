/** tests · bench. How fast names are asked for, beside what others use, against one local name server. Askers take
 *  turns, several times over, so that what else the machine does falls on all of them. The server has a processor of
 *  its own where there are two. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { component } from "../machine.ts";
import { nameServer } from "../probes/nameserver.ts";
import { atOnce, namesOf, type Told } from "./dns/load.ts";

const count = 1_000; // names in a round
const turns = 3;
const roundsEach = 40; // in a turn

const at = (...path: string[]) => join(import.meta.dirname, ...path);
const median = (xs: number[]) => xs.toSorted((a, b) => a - b)[xs.length >> 1] ?? Number.NaN;

/** Pins what is started to the first processor, and the server to the second. */
const pinned = availableParallelism() > 1 && spawnSync("taskset", ["-V"]).status === 0;
const run = (command: string, args: string[]): string =>
  pinned
    ? execFileSync("taskset", ["-c", "0", command, ...args], { encoding: "utf8" })
    : execFileSync(command, args, { encoding: "utf8" });

/** µs of processor time that each part of ours takes by itself. */
const parts = (): string =>
  Object.entries<number>(JSON.parse(run(process.execPath, [at("dns", "parts.ts")])))
    .map(([part, us]) => `${part} ${us.toFixed(2)}`)
    .join(", ");

const script =
  (command: string, ...before: string[]) =>
  (file: string, server: string, ...more: string[]): Told =>
    JSON.parse(
      run(command, [...before, at("dns", file), server, String(count), String(roundsEach), ...more]),
    );
const node = script(process.execPath);

function dnsperf(command: string, questions: string, server: string): Told {
  const [host = "", port = ""] = server.split(":");
  const args = ["-s", host, "-p", port, "-d", questions, "-c", "1", "-T", "1", "-q", String(atOnce), "-e"];
  const timedRun = `${[command, ...args, "-n", String(roundsEach)].join(" ")}; times`;
  const said = run("sh", ["-c", timedRun]);
  const number = (label: string) => Number(new RegExp(`${label}:\\s+([\\d.]+)`).exec(said)?.[1]);
  const [, childrens = ""] = said.trimEnd().split("\n").slice(-2); // the shell's own, then its children's
  const seconds = [...childrens.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  );
  const sent = number("Queries sent");
  return {
    perSecond: [number("Queries per second")],
    cpuUs: [(seconds * 1e6) / sent],
    firstCpuUs: [],
    lost: number("Queries lost"),
    heldMb: [],
  };
}

export async function dns(): Promise<void> {
  const knot = await nameServer();
  if (pinned) execFileSync("taskset", ["-a", "-c", "-p", "1", String(knot.pid)]);
  const directory = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const questions = join(directory, "questions");
  writeFileSync(
    questions,
    namesOf(count)
      .map((name) => `${name} A\n`)
      .join(""),
  );
  const perf = component("dnsperf");
  const deno = component("deno");
  const askers: [string, () => Told][] = [
    ["holdfast, every reply judged", () => node("ours.ts", knot.resolver)],
    ["node:dns", () => node("node.ts", knot.resolver)],
    ...(deno
      ? [
          ["Deno.resolveDns", () => script(deno, "run", "--allow-net")("deno.ts", knot.resolver)] satisfies [
            string,
            () => Told,
          ],
        ]
      : []),
    ...(perf
      ? [
          ["dnsperf, one client", () => dnsperf(perf, questions, knot.resolver)] satisfies [
            string,
            () => Told,
          ],
        ]
      : []),
    ["one socket and dns-packet", () => node("codec.ts", knot.resolver)],
    ["one socket, nothing read", () => node("codec.ts", knot.resolver, "bare")],
  ];
  try {
    const told = new Map(askers.map(([name]) => [name, [] as Told[]]));
    for (let turn = 0; turn < turns; turn++) for (const [name, ask] of askers) told.get(name)?.push(ask());
    const all = (name: string, of: "perSecond" | "cpuUs" | "firstCpuUs") =>
      median((told.get(name) ?? []).flatMap((one) => one[of]));
    const [ours = ""] = askers.map(([name]) => name);
    const figures = (name: string) => {
      const [rate, cost, first] = [all(name, "perSecond"), all(name, "cpuUs"), all(name, "firstCpuUs")];
      return [
        rate.toFixed(0),
        `${(all(ours, "perSecond") / rate).toFixed(2)} ×`,
        `${cost.toFixed(1)} µs`,
        `${(cost / all(ours, "cpuUs")).toFixed(2)} ×`,
        Number.isNaN(first) ? "" : `${first.toFixed(0)} µs`,
        String((told.get(name) ?? []).reduce((sum, one) => sum + one.lost, 0)),
      ];
    };
    const line = (name: string, cells: string[]) =>
      console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(10)).join(""));
    console.log(
      `${count} names a round, ${atOnce} in flight${pinned ? ", server and askers on a processor each" : ""}; medians of ${turns} turns of ${roundsEach} rounds, once warm`,
    );
    line("", ["answers/s", "ours is", "processor", "ours is", "1st round", "lost"]);
    for (const [name] of askers) line(name, figures(name));
    console.log(`each part of ours by itself, in µs: ${parts()}`);
    const held = (told.get(ours) ?? []).map(({ heldMb }) => `${heldMb[0]} to ${heldMb.at(-1)}`).join(", ");
    console.log(`memory of ours from the first to the last of those rounds, MB, by turn: ${held}`);
  } finally {
    await knot.stop();
    rmSync(directory, { recursive: true });
  }
}
