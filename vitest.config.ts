import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Where Node itself keeps compiled code. Programs that tests start share it; stripping and compiling their sources anew
// took half of what each start costs.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");

/** Files that wait for real clocks, programs or browsers, the slowest first. Begun last, one of them alone would keep
 *  the run from ending. */
const slow = ["main_job", "page", "world", "front_door", "cli", "crash", "round"].map((n) => `/${n}_test.ts`);

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = slow.findIndex((ending) => moduleId.endsWith(ending));
      return at === -1 ? slow.length : at;
    };
    return [...files].sort((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** `npm test` runs what tells at once whether something broke. `npm run test:long` runs the files that prove by volume:
 *  many days, many seeds, each scene at each width in each theme. Both are run before anything lands. */
const project = (name: string, include: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [include], testTimeout }, // a promise that never settles fails here; nothing is timed by it
});

export default defineConfig({
  test: {
    projects: [
      project("quick", "tests/**/*_test.ts", 30_000),
      project("long", "tests/**/*_long.ts", 20 * 60_000),
      project("cli", "tests/infra/cli/*_cli.ts", 20 * 60_000), // needs a CLI that tests/infra/cli/build makes
    ],
    passWithNoTests: false,
    // Node runs the tests as it runs the program: what was transformed first started later, and ran no test better.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    isolate: false, // no test leaves anything behind in its process; loading everything anew cost a quarter of the run
    sequence: { sequencer: SlowestFirst },
    maxWorkers: 2, // much of it waits for real clocks; one worker would leave half of the machine idle
    maxConcurrency: 3, // whole programs run side by side; two cores carry three of them
  },
});
