/** tests · bench. What each asker is given to do, and how its time is taken. Runs on Node and on Deno. */
import process from "node:process";

/** Questions in flight: what dnsperf keeps when nothing is said. */
export const atOnce = 100;

export const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `n${i}.wild.example.test`);

/** What an asker tells of its rounds: answers per second of the clock, processor time (µs, all threads) for each
 *  question, answers lost, and memory held after each round. */
export type Told = { perSecond: number[]; cpuUs: number[]; lost: number; heldMb: number[] };

/** Runs rounds of `count` questions and prints what they took. The first is for warming up and is not counted. */
export async function timed(count: number, rounds: number, ask: () => Promise<number>): Promise<void> {
  const told: Told = { perSecond: [], cpuUs: [], lost: 0, heldMb: [] };
  for (let i = 0; i <= rounds; i++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    const answered = await ask();
    const [ms, spent] = [performance.now() - began, process.cpuUsage(before)];
    if (i === 0) continue;
    told.lost += count - answered;
    told.perSecond.push((count / ms) * 1000);
    told.cpuUs.push((spent.user + spent.system) / count);
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
