/** tests · bench. What `npm start` costs a laptop: processor time and memory of the real program, first while nothing
 *  happens, then while a third of a region's requests fail and somebody looks at the page. Linux tells what it used. */
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { Program } from "../main_job/program.ts";

const starts = Number(process.env.STARTS ?? 7);
const warmS = Number(process.env.WARM ?? 30); // V8 compiles what runs often, and the forests grow up
const seconds = Number(process.env.SECONDS ?? 60);
const idleS = Number(process.env.IDLE ?? 300); // until memory is what it will be

export async function localBench(): Promise<void> {
  const begun: { readyMs: number; cpuMs: number }[] = [];
  for (let i = 0; i < starts; i++) {
    const fresh = new Program();
    begun.push(await begin(fresh));
    await fresh.close();
  }
  const middle = (of: "readyMs" | "cpuMs") =>
    begun.map((each) => each[of]).toSorted((a, b) => a - b)[Math.floor(starts / 2)] ?? Number.NaN;
  console.log(
    `start       ready after ${figure(middle("readyMs"))} ms, ${figure(middle("cpuMs"))} ms of processor time (the median of ${starts})`,
  );
  const program = new Program();
  try {
    await program.start();
    await pause(warmS * 1_000);
    say("idle", await spent(program, seconds));
    await pause((idleS - warmS - seconds) * 1_000);
    console.log(`memory      ${mb(program)} MB after ${idleS} s`);
    const page = get(`${program.dashboard}/live`, { headers: { "accept-encoding": "gzip" } }, (answer) =>
      answer.resume(),
    ).on("error", () => undefined); // cut when the program ends
    await program.break("grey", "us-east-1");
    say("in trouble", await spent(program, seconds));
    console.log(`memory      ${mb(program)} MB after that; the phase is ${(await program.state()).phase}`);
    page.destroy();
    await program.kill();
    const { readyMs, cpuMs } = await begin(program);
    console.log(
      `restart     ready after ${figure(readyMs)} ms, ${figure(cpuMs)} ms of processor time, with all that was heard before`,
    );
  } finally {
    await program.close();
  }
}

/** One start, until it says that it is ready. */
async function begin(program: Program): Promise<{ readyMs: number; cpuMs: number }> {
  const began = performance.now();
  await program.start();
  return { readyMs: performance.now() - began, cpuMs: cpuMsOf(program) };
}

type Spent = { share: number; beatMs: number; beats: number; wanted: number };

async function spent(program: Program, seconds: number): Promise<Spent> {
  const [cpu, beats, began] = [cpuMsOf(program), await beatsOf(program), performance.now()];
  await pause(seconds * 1_000);
  const [cpuMs, tookMs] = [cpuMsOf(program) - cpu, performance.now() - began];
  const made = (await beatsOf(program)) - beats;
  return { share: cpuMs / tookMs, beatMs: cpuMs / made, beats: made, wanted: Math.round(tookMs / 1_000) };
}

function say(when: string, { share, beatMs, beats, wanted }: Spent): void {
  console.log(
    `${when.padEnd(11)} ${figure(share * 100)} % of a core, ${figure(beatMs)} ms a beat; ${beats} beats in ${wanted} s`,
  );
}

const figure = (x: number) => x.toFixed(x < 100 ? 1 : 0);

/** Each step has a version, and each beat makes one. */
async function beatsOf(program: Program): Promise<number> {
  return (await program.state()).standing?.version ?? 0;
}

const tickMs = 10; // what /proc counts in, on every Linux there is
function cpuMsOf({ pid }: Program): number {
  const after = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ") ?? [];
  return (Number(after[11]) + Number(after[12])) * tickMs; // user and system, proc(5)
}

function mb({ pid }: Program): number {
  const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kb) / 1024);
}
