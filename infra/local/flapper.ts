/** infra/local · effects. The beat of regions that flap: down first, then up, then down. */

export type Flapper = {
  /** Which regions flap from now on; those that already do keep their beat. */
  on(regions: readonly string[]): void;
  isDown(region: string): boolean;
  stop(): void;
};

/** `beat` is called whenever a region has turned. */
export function flapper(halfBeatMs: number, beat: () => void): Flapper {
  const beating = new Map<string, { down: boolean; timer: NodeJS.Timeout }>();
  const still = (region: string) => {
    clearInterval(beating.get(region)?.timer);
    beating.delete(region);
  };
  return {
    on(regions) {
      for (const region of [...beating.keys()]) if (!regions.includes(region)) still(region);
      for (const region of regions) {
        if (beating.has(region)) continue;
        const turn = () => {
          const now = beating.get(region);
          if (now) now.down = !now.down;
          beat();
        };
        beating.set(region, { down: true, timer: setInterval(turn, halfBeatMs) });
      }
    },
    isDown: (region) => beating.get(region)?.down ?? false,
    stop() {
      for (const region of [...beating.keys()]) still(region);
    },
  };
}
