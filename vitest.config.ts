import { defineConfig } from "vitest/config";

/** `npm test` runs what tells at once whether something broke. `npm run test:long` runs the files that prove by volume:
 *  many days, many seeds, a build of someone else's program. Both are run before anything lands. */
const project = (name: string, include: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [include], testTimeout }, // a promise that never settles fails here; nothing is timed by it
});

export default defineConfig({
  test: {
    projects: [
      project("quick", "tests/**/*_test.ts", 30_000),
      project("long", "tests/**/*_long.ts", 20 * 60_000),
    ],
    passWithNoTests: false,
    maxWorkers: 2, // much of it waits for real clocks; one worker would leave half of the machine idle
    maxConcurrency: 3, // whole programs run side by side; two cores carry three of them
  },
});
