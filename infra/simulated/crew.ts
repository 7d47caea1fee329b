/** infra/simulated · rim. Shares the blocks of a simulation out to threads, or lives them all in this one. Whoever lives
 *  them, they are the same. */
import { Worker } from "node:worker_threads";
import { blocksOf, liveBlock, type Plan } from "./block.ts";
import type { Life, LifeOptions } from "./life.ts";

export type Lived = Omit<Life, "journal">;
export type CrewOptions = {
  /** 1 lives them all in this thread. */
  workers: number;
  mutant?: LifeOptions["mutant"];
  /** No further block is begun, and none that is half lived is waited for. */
  signal?: AbortSignal | undefined;
  /** Told of each block that has been lived. */
  lived?: ((blocks: number) => void) | undefined;
};

/** What became of each block, by its number; one that was not lived is missing. */
export async function liveAll(plan: Plan, options: CrewOptions): Promise<Map<number, Lived>> {
  const { workers, signal } = options;
  const done = new Map<number, Lived>();
  const [first, end] = blocksOf(plan);
  const all = end - first;
  let next = first;
  const take = () => (signal?.aborted || next >= end ? null : next++);
  const keep = (block: number, life: Lived) => {
    done.set(block, life);
    options.lived?.(done.size);
  };
  if (workers < 2 || all < 2) {
    for (let block = take(); block !== null; block = take()) {
      const { journal: _, ...life } = await liveBlock(plan, block, options.mutant);
      keep(block, life);
      await new Promise(setImmediate); // lets Ctrl-C be heard
    }
    return done;
  }
  await Promise.all(Array.from({ length: Math.min(workers, all) }, () => hire(plan, take, keep, signal)));
  return done;
}

/** One thread, given blocks until there are no more. Young records die young, if there is room for them. */
function hire(
  plan: Plan,
  take: () => number | null,
  keep: (block: number, life: Lived) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: plan,
      resourceLimits: { maxYoungGenerationSizeMb: 192 },
    });
    let block = take();
    const leave = () => void worker.terminate().then(() => resolve());
    const ask = () => (block === null ? leave() : worker.postMessage(block));
    signal?.addEventListener("abort", leave, { once: true });
    worker.on("message", (life: Lived) => {
      if (block !== null) keep(block, life);
      block = take();
      ask();
    });
    worker.on("error", reject);
    ask();
  });
}
