/** infra/simulated · rim. A thread that lives blocks: it is told the plan once, then a block's number at a time. */
import { parentPort, workerData } from "node:worker_threads";
import { liveBlock, type Plan } from "./block.ts";

const plan = workerData as Plan;
parentPort?.on("message", async (block: number) => {
  const { journal: _, ...life } = await liveBlock(plan, block);
  parentPort?.postMessage(life);
});
