/** tests · bench. `npm run bench -- forest`: speed and memory, then quality, beside the peers; `forest speed` and
 *  `forest quality` give one of them. `npm run bench -- dns`: how fast names are asked for, beside the peers; `npm run
 *  bench -- rounds`: large rounds, with a dead name server and without. `npm run bench -- cascade`: how long a graph of a
 *  thousand nodes takes. `npm run bench -- tick`: how a tick grows with what it watches; `npm run bench -- dashboard`:
 *  thousands who look at once; `npm run bench -- bundles`: what each function's code weighs, and takes to start; `npm run
 *  bench -- local`: what `npm start` costs. Run it on a machine that does nothing else; ratios are what to quote. */
const parts: Record<string, () => Promise<void>> = {
  forest: async () => {
    await forestSpeed();
    await forestQuality();
  },
  "forest speed": forestSpeed,
  "forest quality": forestQuality,
  dns: async () => (await import("./dns.ts")).dns(),
  rounds: async () => (await import("./rounds.ts")).rounds(),
  cascade: async () => (await import("./cascade.ts")).cascadeSpeed(),
  tick: async () => (await import("./tick.ts")).tickBench(),
  dashboard: async () => (await import("./dashboard.ts")).dashboardBench(),
  local: async () => (await import("./local.ts")).localBench(),
  bundles: async () => (await import("./bundles.ts")).bundlesBench(),
};

async function forestSpeed(): Promise<void> {
  (await import("./speed.ts")).speed();
}

async function forestQuality(): Promise<void> {
  const { quality } = await import("./quality.ts");
  quality("tune", 56, false);
  quality("report", 60, true, 5); // drawn anew after the last thing was decided
}

const part = parts[process.argv.slice(2).join(" ")];
if (part) await part();
else {
  console.error(`Cannot run the bench: expected one of ${Object.keys(parts).join(", ")}`);
  process.exitCode = 2;
}
