import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*_test.ts"],
    testTimeout: 30_000, // a promise that never settles fails here; no test measures time by it
    passWithNoTests: false,
    maxWorkers: 2, // much of it waits for real clocks; one worker would leave half of the machine idle
    maxConcurrency: 3, // whole programs run side by side; two cores carry three of them
  },
});
