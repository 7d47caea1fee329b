/** tests · dashboard. Moments that the dashboard must show well, each as a store that holds it.
 *
 *      scenes/at-home.ts  scenes/under-way.ts   the moments
 *      scenes/trouble.ts                        what most of them are about
 *      scenes/moment.ts                         what a moment is, and how it is kept
 *      scenes/assessed.ts  scenes/decided.ts    records, well but for what a scene says otherwise
 *      scenes/ground.ts                         when and where they all play
 *      scenes/playground.ts                     what could be broken there */
import type { Rules } from "../../analyzer/rules.ts";
import { memory } from "../../store/memory.ts";
import type { Store } from "../../store/store.ts";
import * as atHome from "./scenes/at-home.ts";
import { rules, T } from "./scenes/ground.ts";
import { keep } from "./scenes/moment.ts";
import * as underWay from "./scenes/under-way.ts";

export { healthOf, lines, reportOf } from "./scenes/assessed.ts";
export { boardOf, decisionOf, incidentOf, standingOf } from "./scenes/decided.ts";
export { rules, T, topology } from "./scenes/ground.ts";
export { playground } from "./scenes/playground.ts";

const moments = { ...atHome, ...underWay };

/** `empty`: before anything was heard. */
export type Scene = keyof typeof moments | "empty";
export const scenes = [...Object.keys(moments), "empty"] as readonly Scene[];

/** The scene's store at `now`, and the rules it plays by. */
export async function stage(scene: Scene, now = T): Promise<{ store: Store; rules: Rules; now: number }> {
  const store = scene === "empty" ? memory() : await keep(moments[scene](now));
  return { store, rules: scene === "approve" ? { ...rules, mode: "approve" } : rules, now };
}
