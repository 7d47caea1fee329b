/** tests · bench. `npm run bench -- forest`: speed and memory, then quality, beside the peers. `forest speed` and
 *  `forest quality` give one of them. Run it on a machine that does nothing else; ratios are what to quote. */
import { quality } from "./quality.ts";
import { speed } from "./speed.ts";

const [what, part] = process.argv.slice(2);
if (what !== "forest" || (part && part !== "speed" && part !== "quality")) {
  console.error("Cannot run the bench: expected forest, forest speed or forest quality");
  process.exitCode = 2;
} else {
  if (part !== "quality") speed();
  if (part !== "speed") {
    quality("tune", 56, false);
    quality("report", 60, true);
  }
}
