/** tests · bench. What each asker is given to do, and how its time is taken. Runs on Node and on Deno. */
import process from "node:process";

/** Questions in flight: what dnsperf keeps when nothing is said. */
export const atOnce = 100;

export const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `n${i}.wild.example.test`);

/** Rounds before any is counted, for everybody: by then what V8 will compile is compiled. A monitor runs for days. */
const roundsToWarm = 80;

/** What an asker tells of its rounds: answers per second of the clock, processor time (µs, all threads) for each
 *  question, also in the very first round, answers lost, and memory held after each round. */
export type Told = {
  perSecond: number[];
  cpuUs: number[];
  firstCpuUs: number[];
  lost: number;
  heldMb: number[];
};

/** Runs rounds of `count` questions and prints what they took. */
export async function timed(count: number, rounds: number, ask: () => Promise<number>): Promise<void> {
  const told: Told = { perSecond: [], cpuUs: [], firstCpuUs: [], lost: 0, heldMb: [] };
  for (let i = 0; i < roundsToWarm + rounds; i++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    const answered = await ask();
    const [ms, spent] = [performance.now() - began, process.cpuUsage(before)];
    const cpuUs = (spent.user + spent.system) / count;
    told.lost += count - answered;
    if (i === 0) told.firstCpuUs.push(cpuUs);
    if (i < roundsToWarm) continue;
    told.perSecond.push((count / ms) * 1000);
    told.cpuUs.push(cpuUs);
    told.heldMb.push(Math.round(process.memoryUsage().rss / 1e6));
  }
  console.log(JSON.stringify(told));
}

/** Asks every name, `atOnce` at a time; gives how many were answered. */
export async function abreast(
  names: readonly string[],
  ask: (name: string) => Promise<unknown>,
): Promise<number> {
  let answered = 0;
  const queue = names.values();
  const worker = async () => {
    for (const name of queue) {
      try {
        await ask(name);
        answered++;
      } catch {
        // lost, and so not counted
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answered;
}
